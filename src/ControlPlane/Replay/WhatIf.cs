using Keepalived.Es.Domain.Simulation;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>What a trial changes.</summary>
/// <param name="Configurations">Whole configurations by node, instead of the recorded ones.</param>
/// <param name="Settings">Then single settings.</param>
/// <param name="Delay">From sender to receiver; null: <see cref="RecordedWorld.LanDelay"/>.</param>
public sealed record WhatIfChanges(
    IReadOnlyDictionary<string, IReadOnlyList<VrrpConfig>> Configurations, IReadOnlyList<SettingChange> Settings, TimeSpan? Delay = null)
{
    public static readonly WhatIfChanges None = new(new Dictionary<string, IReadOnlyList<VrrpConfig>>(), []);
}

/// <summary>A hook that a run's transition would have started. It is not run.</summary>
public sealed record WouldRun(TimeSpan At, string Node, string Keyword, string Command);

/// <summary>The recorded world under another configuration.</summary>
/// <param name="Recorded">What happened.</param>
/// <param name="Unchanged">What the simulation makes of the recorded configuration: how far it can be trusted.</param>
/// <param name="Changed">What it makes of the other one.</param>
/// <param name="Faithful">The unchanged run has the recorded transitions, each within <see cref="WhatIf.Tolerance"/>.</param>
/// <param name="Changes">In words.</param>
/// <param name="Hooks">Of the changed run.</param>
public sealed record WhatIfReport(
    string Incident, DateTimeOffset Zero, Outcome Recorded, Outcome Unchanged, Outcome Changed, bool Faithful, IReadOnlyList<string> Changes,
    IReadOnlyList<WouldRun> Hooks, IReadOnlyList<string> Known, IReadOnlyList<string> Assumed);

/// <summary>Runs a recorded world under another configuration. Pure.</summary>
public static class WhatIf
{
    /// <summary>A recorded transition and a simulated one so close together are the same: real loops wake late, and packets take their time.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    /// <param name="hooks">Notify scripts by node and instance: keyword and command.</param>
    /// <exception cref="FormatException">A change concerns no member of the world.</exception>
    public static WhatIfReport Run(
        string incident, RecordedWorld world, WhatIfChanges changes, Func<WorldMember, VrrpPhase, IEnumerable<(string Keyword, string Command)>> hooks)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(hooks);
        (WorldMember[] members, List<string> words) = Apply(world, changes);
        Outcome changed = Simulate("changed", world, members, changes.Delay ?? RecordedWorld.LanDelay);
        Outcome unchanged = Simulate("unchanged", world, [.. world.Members], RecordedWorld.LanDelay);
        Outcome recorded = Outcome.Of(
            "recorded", Masters(world), world.Recorded,
            world.Events.Where(e => e.Kind == WorldEventKind.Kill).Select(e => (e.At, world.Members[e.Router].Node)), world.Length);
        return new WhatIfReport(
            incident, world.Zero, recorded, unchanged, changed, Same(recorded, unchanged), words,
            [.. changed.Transitions.SelectMany(t => WouldRun(members, t, hooks))], world.Known, world.Assumed);
    }

    /// <summary>The world's outcome with these members' configurations.</summary>
    internal static Outcome Simulate(string name, RecordedWorld world, WorldMember[] members, TimeSpan delay)
    {
        WorldRouter[] routers = [.. world.Routers.Select((router, i) => router with
        {
            Config = members[i].Config,
            NextAdvertisement = Realigned(router, members[i].Config, world.Length),
        })];
        IReadOnlyList<WorldTransition> transitions = ScriptedWorld.Run(routers, world.Events, world.Length, delay);
        return Outcome.Of(
            name, Masters(world),
            transitions.Select(t => new MemberTransition(t.At, members[t.Router].Node, members[t.Router].Instance, t.To, t.Reason)), [], world.Length);
    }

    /// <summary>With another interval too a Master sends at the moment at which it was heard last.</summary>
    private static TimeSpan? Realigned(WorldRouter router, VrrpConfig config, TimeSpan length)
    {
        if (router.NextAdvertisement is not { } first || config.AdverInterval == router.Config.AdverInterval)
        {
            return router.NextAdvertisement;
        }

        TimeSpan last = first + (router.Config.AdverInterval * Math.Floor((length - first) / router.Config.AdverInterval));
        return TimeSpan.FromTicks(last.Ticks % config.AdverInterval.Ticks);
    }

    private static (WorldMember[] Members, List<string> Words) Apply(RecordedWorld world, WhatIfChanges changes)
    {
        List<string> words = [];
        WorldMember[] members = [.. world.Members];
        for (int i = 0; i < members.Length; i++)
        {
            WorldMember member = members[i];
            if (changes.Configurations.TryGetValue(member.Node, out IReadOnlyList<VrrpConfig>? instances))
            {
                VrrpConfig other = instances.FirstOrDefault(c => c.Vrid == member.Config.Vrid)
                    ?? throw new FormatException($"the configuration given for {member.Node} has no vrrp_instance with virtual_router_id {member.Config.Vrid}");
                member = member with { Config = other with { InSyncGroup = false } };
                words.Add($"{member.Node}: the configuration given");
            }

            foreach (SettingChange change in changes.Settings.Where(change => change.Concerns(members[i])))
            {
                member = member with { Config = change.Apply(member.Config) };
            }

            members[i] = member;
        }

        SettingChange? lost = changes.Settings.FirstOrDefault(change => !world.Members.Any(change.Concerns));
        string? unknown = changes.Configurations.Keys.FirstOrDefault(node => !world.Members.Any(member => member.Node == node));
        if (lost is not null || unknown is not null)
        {
            throw new FormatException(
                $"'{lost?.ToString() ?? unknown}' concerns nobody: there are {string.Join(", ", world.Members.Select(m => $"{m.Node}:{m.Instance}"))}");
        }

        words.AddRange(changes.Settings.Select(change => change.ToString()));
        return (members, words);
    }

    private static IEnumerable<WouldRun> WouldRun(
        WorldMember[] members, MemberTransition transition, Func<WorldMember, VrrpPhase, IEnumerable<(string Keyword, string Command)>> hooks) =>
        transition.Reason == TransitionReason.None
            ? []
            : hooks(members.First(m => m.Node == transition.Node && m.Instance == transition.Instance), transition.To)
                .Select(hook => new WouldRun(transition.At, transition.Node, hook.Keyword, hook.Command));

    private static IEnumerable<string> Masters(RecordedWorld world) =>
        world.Members.Where((_, i) => world.Routers[i] is { IsRunning: true, Phase: VrrpPhase.Master }).Select(member => member.Node);

    /// <summary>Kills are no transitions on record.</summary>
    private static bool Same(Outcome recorded, Outcome simulated)
    {
        MemberTransition[] seen = [.. simulated.Transitions.Where(t => t.Reason != TransitionReason.None)];
        return recorded.Transitions.Count == seen.Length && recorded.Transitions.GroupBy(t => t.Node, StringComparer.Ordinal).All(node =>
            node.Zip(seen.Where(t => t.Node == node.Key)).All(pair =>
                pair.First.To == pair.Second.To && (pair.First.At - pair.Second.At).Duration() <= Tolerance));
    }
}
