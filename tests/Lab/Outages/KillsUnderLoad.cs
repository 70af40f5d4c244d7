using System.Globalization;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Outages;

/// <summary>
/// SIGKILL at moments that nobody chose, while nodes send: nothing that was acknowledged is lost, doubled or out of order. <c>KES_SOAK_MINUTES</c> says how
/// long (1), <c>KES_SOAK_SEED</c> repeats a run's choices.
/// </summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class KillsUnderLoad
{
    private const int Pairs = 3;
    private const int MostRecordsBetweenKills = 4_000;

    private readonly Random _random = new(Seed);
    private readonly List<SimulatedPair> _pairs = [];
    private readonly Dictionary<Victim, int> _killed = [];

    private enum Victim
    {
        ControlPlane,
        Postmaster,
        Backend,
        Node,
        ControlPlaneAndPostmaster,
    }

    private static TimeSpan Length => TimeSpan.FromMinutes(Number("KES_SOAK_MINUTES", 1));

    private static int Seed { get; } = Number("KES_SOAK_SEED", Random.Shared.Next(1, 1_000_000));

    [LabFact("postgres initdb")]
    public async Task Every_acknowledged_event_is_there_once_and_in_order_and_projections_equal_a_rebuild()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane controlPlane = await LabControlPlane.StartAsync(lab);
        await controlPlane.EnrollAsync(lab.A);
        lab.A.StartOurs(VrrpText.Version3.For(lab.A, 101));
        using HttpClient http = NamespaceHttp.Create(lab.Client, controlPlane.Url);
        for (int pair = 0; pair < Pairs; pair++)
        {
            _pairs.Add(new SimulatedPair((byte)(pair + 1), [await NodeAsync(controlPlane, pair, "a"), await NodeAsync(controlPlane, pair, "b")], new Random(_random.Next())));
        }

        using CancellationTokenSource enough = new();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task sending = Task.WhenAll(_pairs.Select(pair => pair.RunAsync(http, enough.Token, stop.Token)));
        try
        {
            await KillAsync(lab, controlPlane, sending);
            await enough.CancelAsync();
            await sending.WaitAsync(TimeSpan.FromMinutes(2), stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
        }

        await controlPlane.UntilStoreHasJournalAsync(lab.A);
        StoreClaims store = new(lab, controlPlane);
        foreach (SimulatedNode node in _pairs.SelectMany(pair => pair.Nodes))
        {
            await store.HasAllOfAsync(node);
        }

        await store.IsConsistentAsync();
        await store.ProjectionsEqualARebuildAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"seed {Seed}: {string.Join(", ", _killed.Select(pair => $"{pair.Value} x {pair.Key}"))}; {Acknowledged} records of simulated nodes, {lab.A.Journal.Rows().Count} of node-a");
    }

    private long Acknowledged => _pairs.SelectMany(pair => pair.Nodes).Sum(node => node.Acknowledged);

    private static async Task<SimulatedNode> NodeAsync(LabControlPlane controlPlane, int pair, string side)
    {
        string name = $"sim-{pair}{side}";
        return new SimulatedNode(name, (await File.ReadAllTextAsync(await controlPlane.EnrollAsync(name))).Trim());
    }

    /// <summary>Rounds in which each victim has its turn, in an order and after numbers of records that are drawn.</summary>
    private async Task KillAsync(NetnsLab lab, LabControlPlane controlPlane, Task sending)
    {
        long start = TimeProvider.System.GetTimestamp();
        do
        {
            Victim[] turns = Enum.GetValues<Victim>();
            _random.Shuffle(turns);
            foreach (Victim victim in turns)
            {
                long until = Acknowledged + _random.Next(MostRecordsBetweenKills);
                try
                {
                    await lab.UntilAsync($"{until} records are taken", () => sending.IsFaulted || Acknowledged >= until, TimeSpan.FromMinutes(1));
                }
                catch (LabException)
                {
                    throw await lab.FailureAsync($"seed {Seed}, killed {string.Join(", ", _killed)}, {Acknowledged} taken: {_pairs[0].Nodes[0].Trouble}");
                }

                if (sending.IsFaulted)
                {
                    await sending;
                }

                Dictionary<string, long> promised = _pairs.SelectMany(pair => pair.Nodes).ToDictionary(node => node.Name, node => node.Acknowledged);
                if (await KillAsync(lab, controlPlane, victim))
                {
                    _killed[victim] = _killed.GetValueOrDefault(victim) + 1;
                }

                await new StoreClaims(lab, controlPlane).HasAtLeastAsync(promised);
            }
        }
        while (TimeProvider.System.GetElapsedTime(start) < Length);
    }

    private async Task<bool> KillAsync(NetnsLab lab, LabControlPlane controlPlane, Victim victim)
    {
        switch (victim)
        {
            case Victim.Postmaster:
                return controlPlane.KillPostmaster();
            case Victim.Backend:
                return controlPlane.KillBackend(_random);
            case Victim.Node:
                await lab.A.KillHardAsync();
                lab.A.StartOurs(VrrpText.Version3.For(lab.A, 101));
                return true;
            default:
                bool both = victim == Victim.ControlPlane || controlPlane.KillPostmaster();
                await controlPlane.KillAsync();
                await controlPlane.StartAgainAsync();
                return both;
        }
    }

    private static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
        ? int.Parse(text, CultureInfo.InvariantCulture)
        : otherwise;
}
