using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Bfd;

/// <summary>Sessions of BFD with keepalived and with FRR: they come up, a cut path takes them and what rests on them down, and they come back.</summary>
public sealed class BfdSessions
{
    private const string A6 = "fd51::11";
    private const string B6 = "fd51::12";

    /// <summary>IPv6, lines of our session, lines of keepalived's.</summary>
    public static TheoryData<bool, string, string> Forms => new()
    {
        { false, "", "" },
        { false, "    passive\n", "" },
        { false, "", "    passive\n" },
        { true, "", "" },
        { true, "    hoplimit 63\n    max_hops 2\n", "    hoplimit 62\n    max_hops 255\n" },
    };

    [LabTheory("keepalived tcpdump tshark"), MemberData(nameof(Forms))]
    public async Task A_session_with_keepalived_goes_down_and_up_with_the_path(bool ipv6, string ours, string theirs)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        await AddIPv6Async(lab);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        (string here, string there) = ipv6 ? (A6, B6) : (a.Address, b.Address);
        WireCapture capture = await WireCapture.StartAsync(lab, a, $"udp and src host {here}");
        b.StartKeepalived(new BfdText(there, here) { More = theirs }.ForKeepalived());
        a.StartOurs(new BfdText(here, there) { More = ours }.ForOurs(a));

        await UntilUpAsync(lab, a);
        await lab.UntilAsync("keepalived has it up", () => b.Says($"({BfdText.Session}) Entering Up state"));
        await b.IsolateAsync();
        await UntilDownAsync(lab, a);
        await b.RejoinAsync();
        await UntilUpAsync(lab, a, times: 2);
        await a.StopGracefullyAsync();
        await lab.UntilAsync("keepalived is told", () => b.Says("Remote diagnostic - Administratively Down"));
        await capture.StopAsync();
        await JudgeAsync(lab, capture, "3784", a);
    }

    /// <summary>Here with several hops, which keepalived 2.2.7 does not know.</summary>
    [LabTheory("vtysh tcpdump tshark")]
    [InlineData(false, "", "")]
    [InlineData(false, "    passive\n", "")]
    [InlineData(false, "", "  passive-mode\n")]
    [InlineData(false, "    multihop true\n    max_hops 1\n", "")]
    [InlineData(true, "    hoplimit 255\n", "")]
    [InlineData(true, "    multihop true\n    hoplimit 63\n    max_hops 3\n", "  minimum-ttl 61\n")]
    public async Task A_session_with_FRR_goes_down_and_up_with_the_path(bool ipv6, string ours, string theirs)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        await AddIPv6Async(lab);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        (string here, string there) = ipv6 ? (A6, B6) : (a.Address, b.Address);
        string multihop = ours.Contains("multihop", StringComparison.Ordinal) ? " multihop" : "";
        WireCapture capture = await WireCapture.StartAsync(lab, a, $"udp and src host {here}");
        FrrBfd frr = await FrrBfd.StartAsync(
            lab, b, $" peer {here}{multihop} local-address {there}\n  detect-multiplier 5\n  receive-interval 100\n  transmit-interval 100\n{theirs} !");
        a.StartOurs(new BfdText(here, there) { More = ours }.ForOurs(a));

        await UntilUpAsync(lab, a);
        await lab.UntilAsync("FRR has it up, with our intervals", async () =>
            await frr.ReadAsync("status") == "up" && await frr.ReadAsync("remote-transmit-interval") == "100" && await frr.ReadAsync("remote-receive-interval") == "100");
        await b.IsolateAsync();
        await UntilDownAsync(lab, a);
        await b.RejoinAsync();
        await UntilUpAsync(lab, a, times: 2);
        await a.StopGracefullyAsync();
        await lab.UntilAsync("FRR is told", async () => await frr.ReadAsync("remote-diagnostic") == "administratively down");
        await capture.StopAsync();
        await JudgeAsync(lab, capture, multihop.Length > 0 ? "4784" : "3784", a);
    }

    [LabFact("keepalived")]
    public async Task A_packet_that_has_passed_a_router_is_discarded_unless_max_hops_allows_it()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        b.StartKeepalived(new BfdText(b.Address, a.Address) { More = "    ttl 254\n    max_hops 255\n" }.ForKeepalived());
        a.StartOurs(new BfdText(a.Address, b.Address).ForOurs(a));
        await lab.UntilAsync("it is said why", () => a.Says("its TTL is lower than ttl and max_hops of the bfd_instance allow"));
        await lab.ThatAsync("the session is not up", a.Journal.Events<BfdSessionChanged>().Count == 0);
        await a.StopGracefullyAsync();
        a.StartOurs(new BfdText(a.Address, b.Address) { More = "    max_hops 1\n" }.ForOurs(a));
        await UntilUpAsync(lab, a);
    }

    [LabFact("keepalived")]
    public async Task A_neighbor_that_cannot_be_reached_is_a_note_and_not_an_end()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        b.StartKeepalived(new BfdText(b.Address, "10.51.0.77").ForKeepalived());
        a.StartOurs(new BfdText("10.51.0.77", b.Address).ForOurs(a));
        await lab.UntilAsync("the source is missed", () => a.Says($"Error sending packet to {b.Address}: EADDRNOTAVAIL"));
        await a.IpAsync("addr add 10.51.0.77/24 dev eth0");
        await UntilUpAsync(lab, a);
        await lab.ThatAsync("it is said that it works", a.Says("are sent again"));
    }

    [LabFact("keepalived")]
    public async Task Without_BFD_no_session_runs_and_the_checks_that_need_one_are_named()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        File.WriteAllText(a.ConfigurationFile, new BfdText(a.Address, lab.B.Address).ForOurs(a));
        a.Run(Programs.KeepalivedEs, "-n", "-l", "-D", "-B", "-f", a.ConfigurationFile, "-p", a.PidFile, $"--node-config={a.SettingsFile}");
        await lab.UntilAsync("it has started", () => a.Says("Startup complete"));
        await lab.ThatAsync("the check is named", a.Says($"stays down: BFD_CHECK {BfdText.Session} hears nothing"));
        CommandResult sockets = await Command.RunAsync("ip", ["netns", "exec", a.Namespace, "ss", "-uln"]);
        await lab.ThatAsync($"nobody listens: {sockets}", sockets.ExitCode == 0 && !sockets.Output.Contains(":3784", StringComparison.Ordinal));
    }

    private static async Task UntilUpAsync(NetnsLab lab, LabNode a, int times = 1)
    {
        await lab.UntilAsync($"the session is up for the {times}. time", () => Count(a, BfdSessionState.Up) == times);
        await lab.UntilAsync("the real server is up", () => a.Journal.Events<RealServerUp>().Count == times);
        await lab.UntilAsync("notify_up has run", () => Lines(a).Count(line => line == "up") == times);
    }

    private static async Task UntilDownAsync(NetnsLab lab, LabNode a)
    {
        await lab.UntilAsync("the session is down", () => Count(a, BfdSessionState.Down) == 1);
        BfdSessionChanged down = a.Journal.Events<BfdSessionChanged>().Single(change => change.To == BfdSessionState.Down);
        await lab.ThatAsync($"the detection time has expired: {down}", down is { From: BfdSessionState.Up, Diagnostic: BfdDiagnostic.ControlDetectionTimeExpired, RemoteState: BfdSessionState.Up });
        await lab.UntilAsync("the real server is down", () => a.Journal.Events<RealServerDown>().Count == 1);
        await lab.UntilAsync("notify_down has run", () => Lines(a).Contains("down"));
    }

    private static int Count(LabNode node, BfdSessionState to) => node.Journal.Events<BfdSessionChanged>().Count(change => change.To == to);

    private static string[] Lines(LabNode node) => File.Exists(BfdText.Told(node)) ? File.ReadAllLines(BfdText.Told(node)) : [];

    /// <summary>tshark reads every packet without complaint; one source port of the range (RFC 5881 section 4); the last one says AdminDown.</summary>
    private static async Task JudgeAsync(NetnsLab lab, WireCapture capture, string port, LabNode a)
    {
        List<string[]> read = await capture.DissectAsync(
            "udp.srcport", "udp.dstport", "bfd.version", "bfd.message_length", "bfd.detect_time_multiplier", "bfd.sta", "_ws.expert.message", "_ws.malformed", "udp.checksum.status");
        await lab.ThatAsync("there are packets", read.Count > 5);
        string source = Assert.Single(read.Select(line => line[0]).Distinct());
        Assert.InRange(int.Parse(source, System.Globalization.CultureInfo.InvariantCulture), 49152, 65535);
        Assert.All(read, line => Assert.Equal([port, "1", "24", "5", "", ""], [.. line[1..5], line[6], line[7]]));
        Assert.Equal("0x00", read[^1][5]);
        Assert.Contains(a.Journal.Events<BfdSessionChanged>(), change => change.To == BfdSessionState.AdminDown);
    }

    private static async Task AddIPv6Async(NetnsLab lab)
    {
        await lab.A.IpAsync($"addr add {A6}/64 dev eth0 nodad");
        await lab.B.IpAsync($"addr add {B6}/64 dev eth0 nodad");
    }
}
