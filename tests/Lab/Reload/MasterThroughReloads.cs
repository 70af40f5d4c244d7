using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Reload;

/// <summary>A Master is reloaded again and again: nobody else on the wire has a reason to take over, and the kernel's object of an unchanged address is not touched.</summary>
public sealed class MasterThroughReloads
{
    private const int Rounds = 20;
    private const int ReferenceVrid = 77;
    private const int ReferenceCentiseconds = 20;
    private const string Further = "10.51.0.201";

    [LabTheory("keepalived tcpdump")]
    [InlineData(DaemonKind.Keepalived)]
    [InlineData(DaemonKind.Ours)]
    public async Task Twenty_reloads_lose_nothing(DaemonKind peer)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        a.StartOurs(VrrpText.Version3.For(a, 150));
        await lab.UntilHeldAloneByAsync(a);
        b.Start(peer, VrrpText.Version3.For(b, 100) + (VrrpText.Version3 with { Instance = "REF", Vrid = ReferenceVrid, VirtualAddress = "10.51.0.177/24" }).For(b, 100));
        await lab.UntilAsync("b waits, and is Master of the reference", () => b.Says("(VI_1) Entering BACKUP STATE") && b.Says("(REF) Entering MASTER STATE"));
        AddressMonitor monitor = await AddressMonitor.StartAsync(lab, a);
        WireCapture wire = await WireCapture.StartAsync(lab, a, "ip proto 112");
        for (int round = 1; round <= Rounds; round++)
        {
            await a.ReloadAsync(round % 6 == 0 ? "vrrp_instance VI_1 {\n    rubbish\n" : Text(a, round));
        }

        await Wire.AwaitAdvertisementsAsync(lab, a, 8);
        await wire.StopAsync();
        await monitor.CatchUpAsync();
        await lab.ThatAsync("the monitor saw the further address", monitor.Saw(Further));
        await lab.ThatAsync("and nothing of the one that stayed", !monitor.Saw(NetnsLab.Vip));
        await lab.ThatAsync("b never became Master", !b.Says("(VI_1) Entering MASTER STATE"));
        await lab.ThatAsync("a became Master once and stays it", a.Journal.Events<ITransitionEvent>() is [InstanceBecameBackup, InstanceBecameMaster]);
        await lab.ThatAsync("a still holds the address", await a.HoldsAsync(NetnsLab.Vip));
        await lab.UntilAsync(
            "each reload is on record", () => (a.Journal.Events<ConfigurationRejected>().Count, a.Journal.Events<ConfigurationReloaded>().Count) == (3, 17));
        Assert.Empty(a.Journal.Events<AddressLost>());
        await NoGapAsync(lab, a, wire);

        Assert.Equal(0, await a.StopGracefullyAsync());
        List<JournalRow> rows = a.Journal.Rows();
        InputsRecorded last = rows.Select(row => row.Event).OfType<InputsRecorded>().Last();
        Assert.Equal((Domain.Vrrp.VrrpInputKind.Reconfigured, true), (last.Inputs[0].Input.Kind, last.Truncated));
    }

    /// <summary>Priority, interval, a further address that comes and goes, another name. It is an excluded one: keepalived takes no advertisement whose list is not its own.</summary>
    private static string Text(LabNode node, int round)
    {
        string[] intervals = ["0.6", "1.5", "0.3"];
        VrrpText text = VrrpText.Version3 with
        {
            Instance = round % 4 == 3 ? "VI_other" : "VI_1",
            Interval = intervals[round % 3],
            More = round % 2 == 1 ? $"virtual_ipaddress_excluded {{\n        {Further}/24 dev eth0\n    }}" : "",
        };
        return text.For(node, 140 + round);
    }

    /// <summary>
    /// Between two advertisements of the Master there is not more time than it has announced. The clock is a Master of another virtual router on the other node: it counts its
    /// own interval, and a beat more at either end.
    /// </summary>
    private static async Task NoGapAsync(NetnsLab lab, LabNode node, WireCapture wire)
    {
        (int beats, int allowed, int seen) = (0, int.MaxValue, 0);
        foreach (byte[] frame in wire.Frames())
        {
            ReadOnlySpan<byte> message = frame.AsSpan(34);       // Ethernet and IPv4 without options
            if (message[1] == ReferenceVrid)
            {
                beats++;
            }
            else if (frame[29] == node.Host)                     // last byte of the source
            {
                await lab.ThatAsync($"advertisement {seen} came within {allowed} beats, seen {beats}", beats <= allowed);
                int announced = ((frame[38] & 0x0f) << 8) | frame[39];
                allowed = ((announced + ReferenceCentiseconds - 1) / ReferenceCentiseconds) + 2;
                (beats, seen) = (0, seen + 1);
            }
        }

        await lab.ThatAsync($"advertisements were captured, seen {seen}", seen > Rounds);
    }
}
