using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Vm;

/// <summary>A table that changes: in place, much at once, and by differences.</summary>
public sealed class ChangeLab
{
    private static readonly HashSet<ServiceKey> _none = [];

    [Fact]
    public void Every_option_of_a_service_changes_in_place_also_the_persistence_engine()
    {
        ServiceOptions[] forms =
        [
            new("rr"),
            new("sh", ServiceTraits.Scheduler1 | ServiceTraits.Scheduler2),
            new("mh", ServiceTraits.Scheduler2, PersistenceTimeout: 360, PersistencePrefixLength: 24, PersistenceEngine: "sip"),
            new("wlc", ServiceTraits.OnePacket, PersistenceTimeout: 10, PersistenceEngine: "sip"),
            new("wlc", PersistenceTimeout: 10),
            new("nq"),
        ];
        var service = ServiceKey.OfAddress(LvsProtocol.Udp, RouterAddress.Parse("192.0.2.1"), 5060);
        using var director = new Director();
        director.Do(batch =>
        {
            batch.AddService(service, forms[^1]);
            batch.AddDestination(service, Director.Server(1, 5060), Director.Nat);
        });
        IpvsTable wanted = director.Table();
        foreach (ServiceOptions form in forms)
        {
            wanted = wanted.WithService(service, form);
            director.Do(batch => batch.SetService(service, form));
            Assert.Equal(IpvsadmText.Of(wanted), director.Saved());
            Assert.Equal(IpvsadmText.Of(wanted), IpvsadmText.Of(director.Table()));
        }
    }

    [Fact]
    public void Ten_thousand_destinations_are_written_in_one_batch_and_read_back()
    {
        const int Destinations = 10_000;
        using var director = new Director();
        director.Do(batch =>
        {
            batch.AddService(Director.Tcp80, new ServiceOptions("rr"));
            for (int i = 1; i <= Destinations; i++)
            {
                batch.AddDestination(Director.Tcp80, Director.Server(i), Director.Nat with { Weight = i });
            }
        });
        IpvsTable held = director.Table();
        Assert.Equal(
            Enumerable.Range(1, Destinations), held.Services[Director.Tcp80].Destinations.Values.Select(options => options.Weight));
        Assert.Equal(IpvsadmText.Of(held), director.Saved());
        director.Do(batch => batch.RemoveService(Director.Tcp80));
        Assert.Empty(director.Saved());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_difference_leads_the_kernel_from_any_table_to_any_other_and_leaves_what_is_not_ours(int seed)
    {
        const int Steps = 6;
        var random = new Random(seed);
        using var director = new Director();
        director.Ipvsadm("-A -f 99 -s rr");
        director.Ipvsadm("-a -f 99 -r 10.9.9.9 -g");
        HashSet<ServiceKey> owned = [];
        for (int step = 0; step < Steps; step++)
        {
            IpvsTable wanted = RandomTable(random);
            var commands = IpvsDifference.Between(director.Table(), wanted, owned);
            director.Do(batch =>
            {
                foreach (IpvsCommand command in commands)
                {
                    batch.Add(command);
                }
            });
            owned = [.. wanted.Services.Keys];
            string[] expected = [.. IpvsadmText.Of(wanted), "-A -f 99 -s rr", "-a -f 99 -r 10.9.9.9:0 -g -w 1"];
            Assert.Equal(Director.Sorted(expected), director.Saved());
        }
    }

    [Fact]
    public void A_flush_leaves_nothing()
    {
        using var director = new Director();
        director.Ipvsadm("-A -f 99 -s rr");
        director.Do(batch => batch.AddService(Director.Tcp80, new ServiceOptions()));
        Assert.Equal(2, director.Ipvs.Dump().Count);
        director.Ipvs.Flush();
        Assert.Empty(director.Ipvs.Dump());
        Assert.Empty(director.Saved());
    }

    [Fact]
    public void Two_network_namespaces_have_two_tables()
    {
        using var one = new Director();
        using var other = new Director();
        one.Do(batch => batch.AddService(Director.Tcp80, new ServiceOptions()));
        Assert.Empty(other.Ipvs.Dump());
        Assert.Empty(IpvsDifference.Between(other.Table(), IpvsTable.Empty, _none));
    }

    private static IpvsTable RandomTable(Random random)
    {
        string[] schedulers = ["rr", "wlc", "sh"];
        Forwarding[] forwardings =
            [Forwarding.Nat, Forwarding.DirectRoute, new(ForwardingMethod.Tunnel), new(ForwardingMethod.Tunnel, TunnelType.Gre)];
        IpvsTable table = IpvsTable.Empty;
        for (uint i = 1; i <= 6; i++)
        {
            ServiceKey service = random.Next(2) == 0
                ? ServiceKey.OfMark(i, isIPv6: false)
                : ServiceKey.OfAddress(LvsProtocol.Tcp, new RouterAddress(0xC0000200 + i), 80);
            uint timeout = random.Next(2) == 0 ? 0u : 100;
            table = table.WithService(service, new ServiceOptions(schedulers[random.Next(3)], PersistenceTimeout: timeout));
            for (int number = random.Next(8); number > 0; number--)
            {
                var options = new DestinationOptions(forwardings[random.Next(4)], random.Next(3), (uint)random.Next(2) * 100);
                table = table.WithDestination(service, Director.Server(random.Next(1, 8), service.Port), options);
            }
        }

        return table;
    }
}
