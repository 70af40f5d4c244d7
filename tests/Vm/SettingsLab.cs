using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>Version, timeouts and the sync daemon.</summary>
public sealed class SettingsLab
{
    [Fact]
    public void The_version_is_the_one_that_ipvsadm_shows()
    {
        using var director = new Director();
        IpvsVersion version = director.Ipvs.Version;
        string expected = $"IP Virtual Server version {version} (size={version.ConnectionTableSize})";
        Assert.StartsWith(expected, director.Ipvsadm("-Ln"), StringComparison.Ordinal);
    }

    [Fact]
    public void Timeouts_that_are_not_given_stay()
    {
        using var director = new Director();
        Assert.Equal(new IpvsTimeouts(900, 120, 300), director.Ipvs.GetTimeouts()); // the kernel's defaults
        director.Ipvs.SetTimeouts(new LvsTimeouts(TcpFin: 5));
        Assert.Equal("Timeout (tcp tcpfin udp): 900 5 300", director.Ipvsadm("-Ln --timeout").Trim());
        director.Ipvs.SetTimeouts(new LvsTimeouts(Tcp: 2_000_000, Udp: 7));
        Assert.Equal(new IpvsTimeouts(2_000_000, 5, 7), director.Ipvs.GetTimeouts());
        director.Ipvs.SetTimeouts(new LvsTimeouts(Tcp: 0));
        Assert.Equal(2_000_000u, director.Ipvs.GetTimeouts().Tcp);
    }

    [Fact]
    public void The_sync_daemon_runs_in_either_role_or_both_with_the_settings_given()
    {
        (NetworkNamespace left, NetworkNamespace right) = NetworkNamespace.Pair();
        using var director = new Director(left);
        using NetworkNamespace peer = right;
        Assert.Empty(director.Ipvs.ListDaemons());
        SyncDaemonSettings plain = Settings("left");
        Assert.Equal(IpvsOutcome.AlreadyGone, director.Ipvs.StopDaemon(IpvsDaemonRole.Master));
        Assert.Equal(IpvsOutcome.Done, director.Ipvs.StartDaemon(IpvsDaemonRole.Master, plain));
        Assert.Equal(IpvsOutcome.AlreadyThere, director.Ipvs.StartDaemon(IpvsDaemonRole.Master, plain));
        IpvsDaemon master = Assert.Single(director.Ipvs.ListDaemons());
        Assert.Equal(
            (IpvsDaemonRole.Master, "left", (byte)51, RouterAddress.Parse("224.0.0.81"), (ushort)8848, (byte)1),
            (master.Role, master.Interface, master.Id, master.Group, master.Port, master.Ttl));

        var given = plain with { Id = 7, MaximumLength = 1200, Port = 9000, Ttl = 3, Group = RouterAddress.Parse("ff02::51") };
        Assert.Equal(IpvsOutcome.Done, director.Ipvs.StartDaemon(IpvsDaemonRole.Backup, given));
        IpvsDaemon backup = Assert.Single(director.Ipvs.ListDaemons(), daemon => daemon.Role == IpvsDaemonRole.Backup);
        Assert.Equal(new IpvsDaemon(IpvsDaemonRole.Backup, "left", 7, 1200, given.Group, 9000, 3), backup);
        string shown = director.Ipvsadm("-Ln --daemon");
        Assert.Contains(
            $"master sync daemon (mcast=left, syncid=51, maxlen={master.MaximumLength}, group=224.0.0.81, port=8848, ttl=1)",
            shown,
            StringComparison.Ordinal);
        Assert.Contains(
            "backup sync daemon (mcast=left, syncid=7, maxlen=1200, group=ff02::51, port=9000, ttl=3)", shown, StringComparison.Ordinal);

        Assert.Equal(IpvsOutcome.Done, director.Ipvs.StopDaemon(IpvsDaemonRole.Master));
        Assert.Equal(IpvsOutcome.Done, director.Ipvs.StopDaemon(IpvsDaemonRole.Backup));
        Assert.Empty(director.Ipvs.ListDaemons());
    }

    [Fact]
    public void A_sync_daemon_without_its_interface_is_refused()
    {
        using var director = new Director();
        NetlinkException refusal = Assert.Throws<NetlinkException>(
            () => director.Ipvs.StartDaemon(IpvsDaemonRole.Backup, Settings("absent")));
        Assert.Equal("start the sync daemon backup on absent: ENODEV (No such device): the interface is not there", refusal.Message);
    }

    [Fact]
    public void A_sync_daemon_beside_destinations_of_mixed_families_is_refused()
    {
        using var director = new Director();
        director.Do(batch =>
        {
            batch.AddService(Director.Tcp80, new ServiceOptions());
            var server = new DestinationKey(RouterAddress.Parse("2001:db8::9"), 80);
            batch.AddDestination(Director.Tcp80, server, new DestinationOptions(new Forwarding(ForwardingMethod.Tunnel), 1));
        });
        NetlinkException refusal = Assert.Throws<NetlinkException>(() => director.Ipvs.StartDaemon(IpvsDaemonRole.Master, Settings("lo")));
        Assert.Equal(
            "start the sync daemon master on lo: EINVAL (Invalid argument): the table has destinations of another family than their service's",
            refusal.Message);
    }

    private static SyncDaemonSettings Settings(string name) => new(name, new SourceSpan("k.conf", 1, 1, 1), Id: 51);
}
