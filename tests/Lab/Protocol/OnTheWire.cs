using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Protocol;

/// <summary>Two judges of what our daemon sends: tshark's dissectors, and keepalived, which must send the same bytes.</summary>
public sealed class OnTheWire
{
    /// <summary>Version, PASS, unicast; and what tshark must read of it.</summary>
    public static TheoryData<int, bool, bool> Forms => new()
    {
        { 2, false, false }, { 2, true, false }, { 2, false, true }, { 3, false, false }, { 3, false, true },
    };

    [LabTheory("keepalived tcpdump tshark"), MemberData(nameof(Forms))]
    public async Task Every_frame_is_without_fault_and_the_same_as_keepalived_sends(int version, bool password, bool unicast)
    {
        VrrpText plain = version == 2 ? VrrpText.Version2 : VrrpText.Version3;
        VrrpText form = plain with { Password = password, Unicast = unicast, GarpDelay = 2 };
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        WireCapture ours = await SendAsync(lab, DaemonKind.Ours, form);
        WireCapture theirs = await SendAsync(lab, DaemonKind.Keepalived, form);

        await JudgeAdvertisementsAsync(lab, ours, form, unicast ? lab.B.Address : "224.0.0.18");
        await JudgeGratuitousArpAsync(lab, ours);
        Assert.Equal(Kinds(theirs), Kinds(ours));
    }

    /// <summary>Becomes Master, waits for both bursts of gratuitous ARP, and stops.</summary>
    private static async Task<WireCapture> SendAsync(NetnsLab lab, DaemonKind kind, VrrpText form)
    {
        LabNode a = lab.A;
        string sentByA = $"(ip proto 112 or arp host {NetnsLab.Vip}) and ether src {await MacOfAsync(a)}";
        WireCapture capture = await WireCapture.StartAsync(lab, a, sentByA);
        a.Start(kind, form.For(a, 101, lab.B));
        await lab.UntilAsync("both bursts of gratuitous ARP are out", () => capture.Frames().Count(IsArp) >= 10);
        int sent = capture.Frames().Count(frame => !IsArp(frame));
        await lab.UntilAsync("it goes on to advertise", () => capture.Frames().Count(frame => !IsArp(frame)) >= sent + 3);
        await a.StopGracefullyAsync();
        await capture.StopAsync();
        if (kind == DaemonKind.Ours)
        {
            await lab.ThatAsync(
                "two bursts of five are recorded",
                a.Journal.Events<GratuitousArpSent>() is [{ Count: 5, Error: null }, { Count: 5, Error: null }]);
        }

        return capture;
    }

    private static async Task JudgeAdvertisementsAsync(NetnsLab lab, WireCapture capture, VrrpText form, string destination)
    {
        List<string[]> read = await capture.DissectAsync(
            "vrrp.version", "ip.src", "ip.dst", "ip.ttl", "ip.dsfield", "ip.flags.df", "ip.checksum.status", "vrrp.checksum.status",
            "vrrp.virt_rtr_id", "vrrp.ip_addr", "vrrp.auth_type", "vrrp.auth_string", "vrrp.adver_int", "vrrp.short_adver_int",
            "_ws.expert.message", "_ws.malformed", "vrrp.prio");
        List<string[]> advertisements = [.. read.Where(line => line[0].Length > 0)];
        string[] expected =
        [
            $"{form.Version}", lab.A.Address, destination, "255", "0xc0", "0", "1", "1", "51", NetnsLab.Vip,
            form.Version == 3 ? "" : form.Password ? "1" : "0", form.Password ? "10086" : "",
            form.Version == 2 ? "1" : "", form.Version == 3 ? "20" : "", "", "",
        ];
        foreach (string[] line in advertisements)
        {
            Assert.Equal(expected, line[..^1]);
        }

        Assert.All(advertisements.SkipLast(1), line => Assert.Equal("101", line[^1]));
        Assert.Equal("0", advertisements[^1][^1]);               // the last one resigns
    }

    private static async Task JudgeGratuitousArpAsync(NetnsLab lab, WireCapture capture)
    {
        List<string[]> read = await capture.DissectAsync(
            "arp.isgratuitous", "arp.opcode", "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "arp.src.hw_mac", "arp.dst.hw_mac",
            "eth.src", "eth.dst", "_ws.expert.message", "_ws.malformed");
        string mac = await MacOfAsync(lab.A);
        string[] expected = ["1", "1", NetnsLab.Vip, NetnsLab.Vip, mac, "ff:ff:ff:ff:ff:ff", mac, "ff:ff:ff:ff:ff:ff", "", ""];
        foreach (string[] line in read.Where(line => line[1].Length > 0))
        {
            Assert.Equal(expected, line);
        }

        int[] places = [.. read.Index().Where(frame => frame.Item[1].Length > 0).Select(frame => frame.Index)];
        int between = places.Length == 10 ? places[5] - places[4] - 1 : 0;
        await lab.ThatAsync(
            $"two bursts of five, with advertisements between: at {string.Join(' ', places)}", places.Length == 10 && between > 0);
        await lab.ThatAsync("each burst in one piece", places[4] - places[0] == 4 && places[9] - places[5] == 4);
    }

    /// <summary>The different frames in the order of their first appearance; identifications do not count.</summary>
    private static List<string> Kinds(WireCapture capture) => [.. capture.Frames().Select(WithoutIdentification).Distinct()];

    private static string WithoutIdentification(byte[] frame)
    {
        if (!IsArp(frame))
        {
            frame.AsSpan(18, 2).Clear();                         // identification: the kernel's own in ours, a counter in keepalived
            frame.AsSpan(24, 2).Clear();                         // and the header's checksum, which covers it
        }

        return Convert.ToHexString(frame);
    }

    private static bool IsArp(byte[] frame) => frame[12] == 0x08 && frame[13] == 0x06;

    private static async Task<string> MacOfAsync(LabNode node) =>
        (await node.IpAsync("-br link show eth0")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[2];
}
