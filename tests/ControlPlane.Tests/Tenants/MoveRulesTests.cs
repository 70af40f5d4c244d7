using Keepalived.Es.ControlPlane.Tenants;

namespace Keepalived.Es.ControlPlane.Tests.Tenants;

/// <summary>The rules alone: every order of steps that two operators may take, at both places.</summary>
public sealed class MoveRulesTests
{
    private const string Source = "http://s";
    private const string Target = "http://t";
    private static readonly Guid Fixed = Guid.NewGuid();

    /// <summary>Both rows and what a command has read.</summary>
    private sealed record World(TenantPlace S, TenantPlace T, bool HandedOver = false);

    /// <summary>Steps as a command takes them, those of a command that was killed or of a second one included.</summary>
    private static readonly (string Name, Func<World, World> Step)[] Steps =
    [
        ("leave", w => w with { S = MoveRules.Leave(w.S, Target, Fixed) }),
        ("arrive", w => w with { T = MoveRules.Arrive(w.T, w.S.Move ?? Fixed, Source, exists: false) }),
        ("seal", w => w with { S = MoveRules.Seal(w.S, Fixed, default) }),
        ("check", w => w.S.Sealed is null ? w : w with { T = MoveRules.Check(MoveRules.SealArrival(w.T, Fixed, default), Fixed, default, default) }),
        ("hand over", w => w.T.Checked is null ? w : w with { S = MoveRules.HandOver(w.S, Fixed), HandedOver = true }),
        ("settle", w => !w.HandedOver ? w : w with { T = MoveRules.Settle(w.T, Fixed, 1) }),
        ("return", w => w with { S = MoveRules.Return(w.S) }),
        ("drop", w => w.S.State == TenantState.Here ? w with { T = MoveRules.Drop(w.T, Fixed, exists: true, 1) } : w),
    ];

    [Fact]
    public void In_whatever_order_steps_are_taken_at_most_one_place_takes_records_in()
    {
        World start = new(TenantPlace.Native("a"), new TenantPlace("a", TenantState.Moved, Source, default));
        Dictionary<World, string> seen = new() { [start] = "" };
        Queue<World> open = new([start]);
        while (open.TryDequeue(out World? world))
        {
            Assert.False(world.S.State == TenantState.Here && world.T.State == TenantState.Here, seen[world]);
            Assert.True(world.T.State != TenantState.Here || world.S is { State: TenantState.Moved, Place: Target }, seen[world]);
            foreach ((string name, Func<World, World> step) in Steps)
            {
                try
                {
                    World next = step(world);
                    if (seen.TryAdd(next, $"{seen[world]}, {name}"))
                    {
                        open.Enqueue(next);
                    }
                }
                catch (MoveRefusedException)
                {
                    // Changes nothing.
                }
            }
        }

        Assert.Contains(seen.Keys, world => world.T.State == TenantState.Here);
        Assert.True(seen.Count < 1_000, $"{seen.Count} worlds");
    }

    [Fact]
    public void A_comparison_that_began_before_the_last_sealing_does_not_count()
    {
        TenantPlace arriving = MoveRules.Arrive(TenantPlace.Native("a"), Fixed, Source, exists: false);
        TenantPlace first = MoveRules.SealArrival(arriving, Fixed, DateTimeOffset.UnixEpoch);
        TenantPlace again = MoveRules.SealArrival(MoveRules.Arrive(first, Fixed, Source, exists: true), Fixed, DateTimeOffset.UnixEpoch.AddSeconds(1));
        Assert.Throws<MoveRefusedException>(() => MoveRules.Check(again, Fixed, first.Sealed!.Value, default));
        Assert.NotNull(MoveRules.Check(again, Fixed, again.Sealed!.Value, default).Checked);
    }
}
