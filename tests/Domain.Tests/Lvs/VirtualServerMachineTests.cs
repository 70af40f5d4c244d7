using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Tests.Configuration;

namespace Keepalived.Es.Domain.Tests.Lvs;

public sealed class VirtualServerMachineTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Two real servers of weight 2 and 3. Inputs: dN and uN a check of server N fails or succeeds, wN=V a weight is asked for, xN drained, yN undrained, s stop.
    /// Effects: +N=W added, N=W set, -N removed, S the sorry server, U D up and down, Q q quorum gained and lost.
    /// </summary>
    [Theory]                       // lvs.md section 2
    [InlineData("", "", "+0=2 +1=3 Q")]
    [InlineData("quorum 4\nhysteresis 2", "", "+0=2 +1=3 q")]                     // 5 does not reach 4 + 2 at the start either
    [InlineData("", "d0", "-0 D0")]
    [InlineData("", "d0 u0", "-0 D0 +0=2 U0")]
    [InlineData("inhibit_on_failure", "d0 u0", "0=0 D0 0=2 U0")]
    [InlineData("", "d0 d1 u1", "-0 D0 -1 D1 q +1=3 U1 Q")]
    [InlineData("quorum 5", "d0 u0", "-0 D0 q +0=2 U0 Q")]                      // without a sorry server the rest stays
    [InlineData("quorum 3\nhysteresis 1", "d1 u1", "-1 D1 +1=3 U1")]            // 2 is not below 3 - 1
    [InlineData("quorum 4\nhysteresis 1", "d1 u1", "-1 D1 q +1=3 U1 Q")]        // 5 reaches 4 + 1
    [InlineData("quorum 5\nsorry_server 198.51.100.9 80", "d0 d1 u1 u0", "-0 D0 +S=1 -1 q D1 U1 U0 +0=2 +1=3 -S Q")]
    [InlineData("quorum 5\nsorry_server 198.51.100.9 80\nsorry_server_inhibit", "d0 u0", "-0 D0 S=1 -1 q U0 +0=2 +1=3 S=0 Q")]
    [InlineData("", "w0=9 w0=0", "0=9 W0 0=0 W0")]
    [InlineData("quorum 5", "w0=1", "0=1 W0 q")]
    [InlineData("", "x0 d0 u0 y0", "0=0 X0 -0 D0 +0=0 U0 0=2 X0")]
    [InlineData("", "s", "-0 -1 -services")]
    [InlineData("omega", "d1 s", "-1 D1 -0 -services D0 q")]
    [InlineData("sorry_server 198.51.100.9 80\nsorry_server_inhibit", "s", "-0 -1 -S -services")]
    public void What_happens_to_servers_changes_pool_and_quorum(string lines, string inputs, string expected)
    {
        VirtualServerSettings config = Config(lines);
        (VirtualServerState state, List<VirtualServerEffect> effects) = Started(config);
        bool startIsAll = inputs.Length == 0;
        List<string> seen = [.. startIsAll ? effects.Skip(1).Select(Text) : []];
        foreach (string input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            effects.Clear();
            state = VirtualServerMachine.Step(config, state, Input(input), Now, effects);
            seen.AddRange(effects.Select(Text));
        }

        Assert.Equal(expected, string.Join(' ', seen));
    }

    [Theory]
    [InlineData("alpha", "+services q")]
    [InlineData("alpha\nsorry_server 198.51.100.9 80", "+services +S=1 q")]
    [InlineData("alpha\ninhibit_on_failure", "+services +0=0 +1=0 q")]
    public void With_alpha_a_server_counts_from_its_first_success(string lines, string expected)
    {
        VirtualServerSettings config = Config(lines, "TCP_CHECK {\n}");
        (VirtualServerState state, List<VirtualServerEffect> effects) = Started(config);
        Assert.Equal(expected, string.Join(' ', effects.Select(Text)));
        effects.Clear();
        state = VirtualServerMachine.Step(config, state, new VirtualServerInput(VirtualServerInputKind.CheckStayedDown, 0), Now, effects);
        state = VirtualServerMachine.Step(config, state, new VirtualServerInput(VirtualServerInputKind.CheckStayedDown, 0), Now, effects);
        Assert.Equal("D0", string.Join(' ', effects.Select(Text)));              // told once, though it never was up
        state = VirtualServerMachine.Step(config, state, new VirtualServerInput(VirtualServerInputKind.CheckWentUp, 1), Now, effects);
        Assert.True(state.Servers[1].IsAlive);
        Assert.True(state.HasQuorum);
    }

    [Fact]
    public void A_drained_server_comes_back_when_its_time_is_over()
    {
        VirtualServerSettings config = Config("");
        (VirtualServerState state, List<VirtualServerEffect> effects) = Started(config);
        state = VirtualServerMachine.Step(
            config, state, new VirtualServerInput(VirtualServerInputKind.Drained, 1) { Until = Now + TimeSpan.FromMinutes(10) }, Now, effects);
        Assert.Equal(Now + TimeSpan.FromMinutes(10), state.NextDeadline);
        effects.Clear();
        state = VirtualServerMachine.Step(config, state, new VirtualServerInput(VirtualServerInputKind.DeadlineReached), state.NextDeadline, effects);
        Assert.Equal("1=3 X1", string.Join(' ', effects.Select(Text)));
        Assert.Equal(RealServerState.UntilFurtherNotice, state.NextDeadline);
    }

    /// <summary>Seeded: after any inputs the pool that the effects have made is the pool that the state asks for, and up and down of a server alternate.</summary>
    [Fact]
    public void Effects_always_add_up_to_the_pool()
    {
        string[] lines = ["", "quorum 5", "quorum 4\nhysteresis 2", "inhibit_on_failure", "alpha", "omega", "sorry_server 198.51.100.9 80", "sorry_server 198.51.100.9 80\nsorry_server_inhibit"];
        for (int seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            VirtualServerSettings config = Config(string.Join('\n', lines.Where(_ => random.Next(3) == 0).Distinct().Take(3).Where((line, i) => i == 0 || !line.Contains("sorry", StringComparison.Ordinal))), "TCP_CHECK {\n}");
            VirtualServerState state = VirtualServerMachine.Initial(config);
            int[] failed = [.. state.Servers.Select(server => server.FailedChecks)];
            Dictionary<int, int> pool = [];
            List<VirtualServerEffect> effects = [];
            for (int i = 0; i < 60; i++)
            {
                int server = random.Next(2);
                var kind = (VirtualServerInputKind)random.Next(Enum.GetValues<VirtualServerInputKind>().Length);
                if ((kind == VirtualServerInputKind.CheckWentDown && failed[server] == 1) || (kind == VirtualServerInputKind.CheckWentUp && failed[server] == 0))
                {
                    continue;
                }

                failed[server] += kind == VirtualServerInputKind.CheckWentDown ? 1 : kind == VirtualServerInputKind.CheckWentUp ? -1 : 0;
                var input = new VirtualServerInput(kind, server) { Value = random.Next(5), Failed = random.Next(2), Until = Now + TimeSpan.FromSeconds(random.Next(3)) };
                effects.Clear();
                state = VirtualServerMachine.Step(config, state, in input, Now + TimeSpan.FromSeconds(1), effects);
                effects.ForEach(effect => Apply(pool, effect, seed));
                Assert.Equal(Wanted(config, state), pool.OrderBy(member => member.Key).Select(member => $"{member.Key}={member.Value}"));
            }
        }
    }

    private static IEnumerable<string> Wanted(VirtualServerSettings config, VirtualServerState state) =>
        new (int Server, int? Weight)[] { (-1, PoolMember.OfSorry(config, state)) }
            .Concat(Enumerable.Range(0, state.Servers.Length).Select(server => (server, PoolMember.Of(config, state, server))))
            .Where(member => member.Item2 is not null)
            .Select(member => $"{member.Item1}={member.Item2}");

    private static void Apply(Dictionary<int, int> pool, VirtualServerEffect effect, int seed)
    {
        switch (effect.Kind)
        {
            case VirtualServerEffectKind.AddDestination or VirtualServerEffectKind.AddSorry:
                Assert.True(pool.TryAdd(effect.Server, effect.Weight), $"seed {seed}: {effect} is there already");
                break;
            case VirtualServerEffectKind.SetDestination or VirtualServerEffectKind.SetSorry:
                Assert.True(pool.ContainsKey(effect.Server), $"seed {seed}: {effect} is not there");
                pool[effect.Server] = effect.Weight;
                break;
            case VirtualServerEffectKind.RemoveDestination or VirtualServerEffectKind.RemoveSorry:
                Assert.True(pool.Remove(effect.Server), $"seed {seed}: {effect} is not there");
                break;
        }
    }

    private static (VirtualServerState State, List<VirtualServerEffect> Effects) Started(VirtualServerSettings config)
    {
        List<VirtualServerEffect> effects = [];
        var start = new VirtualServerInput(VirtualServerInputKind.Start);
        return (VirtualServerMachine.Step(config, VirtualServerMachine.Initial(config), in start, Now, effects), effects);
    }

    private static VirtualServerSettings Config(string lines, string check = "") => Configs.Read(
        $"virtual_server 192.0.2.1 80 {{\nprotocol TCP\nlvs_sched rr\nlvs_method NAT\n{lines}\nreal_server 198.51.100.1 80 {{\nweight 2\n{check}\n}}\n"
        + $"real_server 198.51.100.2 80 {{\nweight 3\n{check}\n}}\n}}").Config!.Lvs.VirtualServers[0];

    private static VirtualServerInput Input(string text)
    {
        int server = text.Length > 1 ? text[1] - '0' : 0;
        return text[0] switch
        {
            'd' => new VirtualServerInput(VirtualServerInputKind.CheckWentDown, server),
            'u' => new VirtualServerInput(VirtualServerInputKind.CheckWentUp, server),
            'w' => new VirtualServerInput(VirtualServerInputKind.WeightAsked, server) { Value = text[3] - '0' },
            'x' => new VirtualServerInput(VirtualServerInputKind.Drained, server) { Until = RealServerState.UntilFurtherNotice },
            'y' => new VirtualServerInput(VirtualServerInputKind.Undrained, server),
            _ => new VirtualServerInput(VirtualServerInputKind.Stop),
        };
    }

    private static string Text(VirtualServerEffect effect) => effect.Kind switch
    {
        VirtualServerEffectKind.AddServices => "+services",
        VirtualServerEffectKind.RemoveServices => "-services",
        VirtualServerEffectKind.AddDestination => $"+{effect.Server}={effect.Weight}",
        VirtualServerEffectKind.SetDestination => $"{effect.Server}={effect.Weight}",
        VirtualServerEffectKind.RemoveDestination => $"-{effect.Server}",
        VirtualServerEffectKind.AddSorry => $"+S={effect.Weight}",
        VirtualServerEffectKind.SetSorry => $"S={effect.Weight}",
        VirtualServerEffectKind.RemoveSorry => "-S",
        VirtualServerEffectKind.RealServerUp => $"U{effect.Server}",
        VirtualServerEffectKind.RealServerDown => $"D{effect.Server}",
        VirtualServerEffectKind.QuorumGained => "Q",
        VirtualServerEffectKind.QuorumLost => "q",
        VirtualServerEffectKind.WeightChanged => $"W{effect.Server}",
        _ => $"X{effect.Server}",
    };
}
