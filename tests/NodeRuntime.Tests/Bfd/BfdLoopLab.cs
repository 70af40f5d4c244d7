using System.Collections.Concurrent;
using System.Globalization;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Bfd;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Bfd;

/// <summary>Two loops, each in a network namespace of its own, over one cable.</summary>
public sealed class BfdLoopLab : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly TemporaryDirectory _directory = new();
    private readonly JournalWriter _journal;
    private readonly NetworkNamespace _left;
    private readonly NetworkNamespace _right;
    private readonly ConcurrentQueue<(bool IsUp, string Note, long Allocated)> _heard = new();
    private readonly BfdLoop _ours;
    private readonly BfdLoop _theirs;

    public BfdLoopLab()
    {
        _journal = new JournalWriter(() => JournalStore.Open(_directory.Path, JournalFixture.Node, "boot"), JournalFixture.Node, JournalLimits.Default, TimeProvider.System);
        (_left, _right) = NetworkNamespace.Pair();
        _ours = new BfdLoop(Settings(Ours), "left", _journal) { ForCheckers = (_, isUp, note) => _heard.Enqueue((isUp, note, GC.GetAllocatedBytesForCurrentThread())) };
        _theirs = new BfdLoop(Settings(Session("10.51.0.2", "10.51.0.1")), "right", _journal);
    }

    private static BfdInstanceSettings Ours => Session("10.51.0.1", "10.51.0.2");

    [LabFact]
    public async Task A_reload_leaves_alone_what_is_the_same_and_begins_anew_what_is_not()
    {
        await StartAsync();
        int before = _heard.Count;
        Assert.Empty(await _ours.Reload(Settings(Ours with { Weight = 3, Span = new SourceSpan("other", 9, 9, 9) })));
        Assert.Equal(["bfd_instance second added"], await _ours.Reload(Settings(Ours, Session("10.51.0.1", "10.51.0.77") with { Name = "second", ForCheckers = false })));
        Assert.Equal(["bfd_instance second removed"], await _ours.Reload(Settings(Ours)));
        Assert.All(_heard.Skip(before), heard => Assert.True(heard.IsUp, heard.Note));             // told again, never down
        before = _heard.Count;
        Assert.Equal(["bfd_instance path begins anew"], await _ours.Reload(Settings(Ours with { Multiplier = 7 })));
        Assert.False(_heard.ElementAt(before).IsUp);
        await Until.TrueAsync(() => _heard.Last().IsUp, "it is up again");
        Assert.Equal(["bfd_instance path removed"], await _ours.Reload(Settings()));
        Assert.Equal(["bfd_instance path added"], await _ours.Reload(Settings(Ours)));
        await Until.TrueAsync(() => _heard.Last().IsUp, "it is up once more");
    }

    [LabFact]
    public async Task Hundreds_of_packets_sent_and_received_allocate_nothing()
    {
        const int Packets = 400;
        const int Windows = 4;

        // The smallest object takes 24 bytes. Two looks differ by what the loop's thread allocates to complete a task that is awaited already, or not yet.
        const int OneObjectInTenPackets = 24 * Packets / 10;
        await StartAsync();
        var allocated = new List<long>();                        // what is allocated once, by the runtime or a late compilation, is not the steady path
        do
        {
            long reloads = await AllocatedAsync(0);              // the look itself: a reload that changes nothing tells the state on the loop's thread
            allocated.Add(await AllocatedAsync(Packets) - reloads);
        }
        while (allocated[^1] >= OneObjectInTenPackets && allocated.Count < Windows);
        Assert.True(allocated[^1] < OneObjectInTenPackets, $"bytes in each window: {string.Join(", ", allocated)}");
    }

    [LabFact]
    public async Task A_port_that_another_program_has_ends_nothing_and_is_taken_when_it_is_free()
    {
        using BfdListener other = _left.Run(() => BfdListener.Open(new BfdListenerKey(IsIPv6: false, IsMultihop: false)));
        await _left.Run(_ours.StartAsync);
        Assert.False(Assert.Single(_heard).IsUp);
        Assert.Empty(await _ours.Reload(Settings(Ours)));
        Assert.False(_heard.Last().IsUp);
        other.Dispose();
        await _right.Run(_theirs.StartAsync);
        await Until.TrueAsync(() => _heard.Last().IsUp, "it is up");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BfdLoop loop in (BfdLoop[])[_ours, _theirs])
        {
            await loop.StopAsync().WaitAsync(Limit);
            loop.Dispose();
        }

        await _journal.DisposeAsync();
        _left.Dispose();
        _right.Dispose();
        _directory.Dispose();
    }

    /// <summary>A thread begins in the namespace of the one that starts it.</summary>
    private async Task StartAsync()
    {
        await _left.Run(_ours.StartAsync);
        await _right.Run(_theirs.StartAsync);
        await Until.TrueAsync(() => _heard.Last().IsUp, "the session is up");
    }

    /// <summary>What the loop's thread allocates until so many packets have arrived, and a reload more.</summary>
    private async Task<long> AllocatedAsync(int packets)
    {
        await _ours.Reload(Settings(Ours));
        long before = _heard.Last().Allocated;
        long wanted = Received() + packets;
        await Until.TrueAsync(() => Received() >= wanted, $"{packets} packets have arrived");
        await _ours.Reload(Settings(Ours));
        return _heard.Last().Allocated - before;
    }

    /// <summary>Udp: InDatagrams of /proc/net/snmp.</summary>
    private long Received() => long.Parse(
        File.ReadLines(_left.Path.Replace("/ns/net", "/net/snmp", StringComparison.Ordinal)).Last(line => line.StartsWith("Udp: ", StringComparison.Ordinal)).Split(' ')[1],
        CultureInfo.InvariantCulture);

    private static LvsSettings Settings(params BfdInstanceSettings[] sessions) => new() { BfdInstances = [.. sessions] };

    private static BfdInstanceSettings Session(string source, string neighbor) => new()
    {
        Name = "path",
        Span = new SourceSpan("k.conf", 1, 1, 1),
        Source = RouterAddress.Parse(source),
        Neighbor = RouterAddress.Parse(neighbor),
        MinimumReceive = TimeSpan.FromMilliseconds(5),
        MinimumTransmit = TimeSpan.FromMilliseconds(5),
        Multiplier = 200,                                        // a second: a busy machine must not take it down
    };
}
