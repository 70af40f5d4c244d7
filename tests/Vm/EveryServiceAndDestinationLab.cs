using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;

namespace Keepalived.Es.Vm;

/// <summary>What we write is what the kernel holds, by our own reading and by the real ipvsadm's.</summary>
public sealed class EveryServiceAndDestinationLab
{
    /// <summary>ipvsadm(8); twos came with Linux 6.2.</summary>
    private static readonly string[] _schedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq"];

    private static readonly RouterAddress[] _addresses = [RouterAddress.Parse("192.0.2.1"), RouterAddress.Parse("2001:db8::1")];

    [Fact]
    public void Every_scheduler_with_every_flag_protocol_family_and_persistence_is_held_as_written()
    {
        IpvsTable wanted = IpvsTable.Empty;
        ushort port = 0;
        foreach (ServiceOptions options in ServiceForms())
        {
            foreach (LvsProtocol protocol in Enum.GetValues<LvsProtocol>())
            {
                if (protocol == LvsProtocol.Udp || !options.Traits.HasFlag(ServiceTraits.OnePacket))
                {
                    RouterAddress address = _addresses[port % 2];
                    wanted = wanted.WithService(ServiceKey.OfAddress(protocol, address, ++port), With(options, address, port));
                }
            }
        }

        Assert.InRange(wanted.Services.Count, 1000, ushort.MaxValue);
        WrittenIsRead(wanted);
    }

    [Fact]
    public void Every_scheduler_with_every_flag_and_persistence_is_held_as_written_for_firewall_marks()
    {
        IpvsTable wanted = IpvsTable.Empty;
        uint mark = 0;
        foreach (ServiceOptions options in ServiceForms().Where(options => options.Scheduler is "sh" or "wlc"))
        {
            foreach (RouterAddress address in _addresses)
            {
                wanted = wanted.WithService(ServiceKey.OfMark(++mark, !address.IsIPv4), With(options, address, mark));
            }
        }

        wanted = wanted.WithService(ServiceKey.OfMark(uint.MaxValue, isIPv6: false), new ServiceOptions());
        WrittenIsRead(wanted);
    }

    [Fact]
    public void Every_way_of_forwarding_with_every_family_and_weight_is_held_as_written()
    {
        IpvsTable wanted = IpvsTable.Empty;
        ServiceKey[] services =
        [
            Director.Tcp80,
            ServiceKey.OfAddress(LvsProtocol.Udp, _addresses[1], 53),
            ServiceKey.OfMark(7, isIPv6: false),
            ServiceKey.OfMark(7, isIPv6: true),
        ];
        foreach (ServiceKey service in services)
        {
            wanted = wanted.WithService(service, new ServiceOptions());
            uint number = 0;
            foreach (Forwarding forwarding in Forwardings())
            {
                foreach (int weight in (int[])[0, 1, 65535])
                {
                    number++;
                    bool mixed = forwarding.Method == ForwardingMethod.Tunnel && number % 2 == 0;
                    ulong high = service.IsIPv6 != mixed ? 0x20010DB8_00000000ul : 0;
                    var address = new RouterAddress(high, 0x0A000000 + number);
                    var options = new DestinationOptions(forwarding, weight, number * 10, number);
                    wanted = wanted.WithDestination(service, new DestinationKey(address, service.Port), options);
                }
            }
        }

        WrittenIsRead(wanted);
    }

    [Fact]
    public void The_loopback_address_of_IPv6_is_not_taken_for_an_IPv4_address()
    {
        var loopback = RouterAddress.Parse("::1");
        var service = new ServiceKey(LvsProtocol.Tcp, loopback, 80, 0, IsIPv6: true);
        using var director = new Director();
        director.Do(batch =>
        {
            batch.AddService(service, new ServiceOptions("rr"));
            batch.AddDestination(service, new DestinationKey(loopback, 80), Director.Nat);
        });
        Assert.Equal(["-A -t [::1]:80 -s rr", "-a -t [::1]:80 -r [::1]:80 -m -w 1"], director.Saved());
        IpvsService held = Assert.Single(director.Ipvs.Dump());
        Assert.Equal((service, new DestinationKey(loopback, 80)), (held.Key, Assert.Single(held.Destinations).Key));
    }

    [Fact]
    public void The_thresholds_of_a_destination_are_those_that_ipvsadm_shows()
    {
        using var director = new Director();
        director.Do(batch =>
        {
            batch.AddService(Director.Tcp80, new ServiceOptions());
            batch.AddDestination(Director.Tcp80, Director.Server(1), Director.Nat with { UpperThreshold = 4711, LowerThreshold = 42 });
        });
        string line = Assert.Single(
            director.Ipvsadm("-Ln --thresholds").Split('\n'), line => line.Contains("10.0.0.1:80", StringComparison.Ordinal));
        Assert.Equal(["->", "10.0.0.1:80", "4711", "42", "0", "0"], line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    private static void WrittenIsRead(IpvsTable wanted)
    {
        using var director = new Director();
        director.Do(batch =>
        {
            foreach (IpvsCommand command in IpvsDifference.Between(IpvsTable.Empty, wanted, new HashSet<ServiceKey>()))
            {
                batch.Add(command);
            }
        });
        Assert.Equal(IpvsadmText.Of(wanted), director.Saved());
        IpvsTable held = director.Table();
        Assert.Equal(IpvsadmText.Of(wanted), IpvsadmText.Of(held));
        Assert.Empty(IpvsDifference.Between(held, wanted, new HashSet<ServiceKey>(held.Services.Keys)));
    }

    private static IEnumerable<ServiceOptions> ServiceForms() =>
        from scheduler in _schedulers
        from flags in Enumerable.Range(0, 16)
        from persistence in (uint[])[0, 1, 2_678_400]
        select new ServiceOptions(scheduler, (ServiceTraits)(flags << 2), persistence);

    /// <summary>Some with a mask of their own, some with an engine.</summary>
    private static ServiceOptions With(ServiceOptions options, RouterAddress address, uint number) => options with
    {
        PersistencePrefixLength = number % 3 == 0 ? (byte)(address.IsIPv4 ? 1 + (number % 32) : 1 + (number % 128)) : null,
        PersistenceEngine = number % 5 == 0 && options.PersistenceTimeout > 0 ? "sip" : null,
    };

    private static IEnumerable<Forwarding> Forwardings()
    {
        yield return Forwarding.Nat;
        yield return Forwarding.DirectRoute;
        yield return new Forwarding(ForwardingMethod.Tunnel);
        foreach (TunnelChecksum checksum in Enum.GetValues<TunnelChecksum>())
        {
            yield return new Forwarding(ForwardingMethod.Tunnel, TunnelType.Gue, 6080, checksum);
        }

        yield return new Forwarding(ForwardingMethod.Tunnel, TunnelType.Gre);
        yield return new Forwarding(ForwardingMethod.Tunnel, TunnelType.Gre, 0, TunnelChecksum.Full);
    }
}
