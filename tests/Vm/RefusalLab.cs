using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.Vm;

/// <summary>What the kernel refuses, and how it is told.</summary>
public sealed unsafe partial class RefusalLab
{
    private static readonly ServiceKey _service = Director.Tcp80;
    private static readonly DestinationKey _server = Director.Server(1);

    [Fact]
    public void What_is_there_already_or_gone_already_is_no_failure()
    {
        using var director = new Director();
        var batch = new IpvsBatch();
        batch.RemoveDestination(_service, _server);
        batch.RemoveService(_service);
        batch.AddService(_service, new ServiceOptions("rr"));
        batch.RemoveDestination(_service, _server);
        batch.AddDestination(_service, _server, Director.Nat);
        batch.AddService(_service, new ServiceOptions("wlc"));
        batch.AddDestination(_service, _server, Director.Nat with { Weight = 9 });
        batch.RemoveDestination(_service, _server);
        batch.RemoveService(_service);
        Assert.Equal(0, director.Ipvs.Execute(batch));
        const IpvsOutcome Gone = IpvsOutcome.AlreadyGone, There = IpvsOutcome.AlreadyThere, Done = IpvsOutcome.Done;
        Assert.Equal(
            [Gone, Gone, Done, Gone, Done, There, There, Done, Done], Enumerable.Range(0, batch.Count).Select(i => batch[i].Outcome));
        Assert.All(Enumerable.Range(0, batch.Count), i => Assert.Null(batch.ExplainFailure(i)));
    }

    [Fact]
    public void A_service_that_is_there_keeps_its_options_and_destinations_when_it_is_added_again()
    {
        using var director = new Director();
        director.Ipvsadm("-A -t 192.0.2.1:80 -s sh");
        director.Ipvsadm("-a -t 192.0.2.1:80 -r 10.0.0.1 -m -w 5");
        var batch = new IpvsBatch();
        batch.AddService(_service, new ServiceOptions("rr"));
        batch.AddDestination(_service, _server, Director.Nat);
        director.Ipvs.Execute(batch);
        Assert.Equal(["-A -t 192.0.2.1:80 -s sh", "-a -t 192.0.2.1:80 -r 10.0.0.1:80 -m -w 5"], director.Saved());
    }

    [Fact]
    public void A_refusal_tells_what_was_tried_and_what_is_missing()
    {
        using var director = new Director();
        director.Do(batch => batch.AddService(_service, new ServiceOptions("rr")));
        var other = ServiceKey.OfMark(1, isIPv6: false);
        var batch = new IpvsBatch();
        batch.AddService(other, new ServiceOptions("nonsense"));
        batch.AddService(other, new ServiceOptions("rr", PersistenceTimeout: 60, PersistenceEngine: "nonsense"));
        batch.SetService(other, new ServiceOptions("rr"));
        batch.AddDestination(other, _server, Director.Nat);
        batch.SetDestination(_service, _server, Director.Nat);
        batch.AddDestination(_service, new DestinationKey(RouterAddress.Parse("2001:db8::1"), 80), Director.Nat);
        batch.AddDestination(_service, _server, Director.Nat with { LowerThreshold = 2, UpperThreshold = 1 });
        Assert.Equal(batch.Count, director.Ipvs.Execute(batch));
        Assert.Equal(
            [
                "add service FWM 1 with scheduler nonsense: ENOENT (No such file or directory): "
                    + "the kernel has no such scheduler or persistence engine",
                "add service FWM 1 with scheduler rr and persistence engine nonsense: ENOENT (No such file or directory): "
                    + "the kernel has no such scheduler or persistence engine",
                "set service FWM 1 to scheduler rr: ESRCH (No such process): the service is not there",
                "add destination [10.0.0.1]:80 of service FWM 1: ESRCH (No such process): its service is not there",
                "set destination [10.0.0.1]:80 of service [192.0.2.1]:tcp:80: ENOENT (No such file or directory): "
                    + "the destination is not there",
                "add destination [2001:db8::1]:80 of service [192.0.2.1]:tcp:80: EINVAL (Invalid argument): its address is not a unicast one, "
                    + "or of another family than its service's, which takes a tunnel, and no sync daemon",
                "add destination [10.0.0.1]:80 of service [192.0.2.1]:tcp:80: ERANGE (Numerical result out of range): "
                    + "the weight is negative, or the lower threshold above the upper one",
            ],
            Enumerable.Range(0, batch.Count).Select(batch.ExplainFailure));
    }

    [Fact]
    public void One_refusal_among_many_commands_holds_up_none_of_the_rest()
    {
        const int Commands = 600; // more than two system calls take
        using var director = new Director();
        director.Do(batch => batch.AddService(_service, new ServiceOptions("rr")));
        var batch = new IpvsBatch();
        int[] bad = [0, 100, 255, 256, 400, 599]; // first and last of a call among them
        for (int i = 0; i < Commands; i++)
        {
            batch.AddDestination(bad.Contains(i) ? ServiceKey.OfMark(1, isIPv6: false) : _service, Director.Server(i + 1), Director.Nat);
        }

        Assert.Equal(bad.Length, director.Ipvs.Execute(batch));
        Assert.Equal(bad, Enumerable.Range(0, Commands).Where(i => batch[i].Outcome == IpvsOutcome.Failed));
        Assert.Equal(Commands - bad.Length, Assert.Single(director.Ipvs.Dump()).Destinations.Count);
    }

    [Fact]
    public void Without_the_capability_there_is_no_socket_but_a_remedy()
    {
        string? problem = null;
        IpvsSocket? socket = null;
        var thread = new Thread(() =>
        {
            DropCapabilities(); // of this thread only
            socket = IpvsSocket.TryOpen(out problem);
        });
        thread.Start();
        thread.Join();
        Assert.Null(socket);
        Assert.Equal("IPVS needs the capability CAP_NET_ADMIN: run as root, or systemd: AmbientCapabilities=CAP_NET_ADMIN", problem);
    }

    [Fact]
    public void A_socket_whose_service_went_away_reads_an_empty_list_and_says_so_when_it_shall_be_zeroed()
    {
        using var director = new Director();
        Assert.Empty(director.Ipvs.Dump());
        NetlinkException refusal = Assert.Throws<NetlinkException>(() => director.Ipvs.Zero(_service));
        Assert.Equal("zero service [192.0.2.1]:tcp:80: ESRCH (No such process)", refusal.Message);
    }

    private static void DropCapabilities()
    {
        var header = new CapabilityHeader { Version = LibC.CAPABILITY_VERSION_3 };
        CapabilityData none = default;
        Assert.Equal(0, capset(&header, &none));
    }

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int capset(CapabilityHeader* header, CapabilityData* data);
}
