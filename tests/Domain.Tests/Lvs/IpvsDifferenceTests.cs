using System.Collections.Immutable;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Lvs;

public sealed class IpvsDifferenceTests
{
    private const int Pairs = 2000;
    private static readonly ServiceKey _web = ServiceKey.OfAddress(LvsProtocol.Tcp, RouterAddress.Parse("192.0.2.1"), 80);
    private static readonly ServiceKey _mark = ServiceKey.OfMark(1, isIPv6: false);
    private static readonly DestinationKey _one = new(RouterAddress.Parse("10.0.0.1"), 80);
    private static readonly DestinationKey _two = new(RouterAddress.Parse("10.0.0.2"), 80);
    private static readonly DestinationOptions _nat = new(Forwarding.Nat, 1);
    private static readonly HashSet<ServiceKey> _nothing = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Applied_it_gives_what_is_wanted_and_leaves_what_is_not_ours(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < Pairs; i++)
        {
            IpvsTable current = RandomTable(random), wanted = RandomTable(random);
            HashSet<ServiceKey> owned = [.. current.Services.Keys.Where(_ => random.Next(2) == 0)];
            ImmutableArray<IpvsCommand> commands = IpvsDifference.Between(current, wanted, owned);
            IpvsTable result = commands.Aggregate(current, IpvsDifference.Apply);
            foreach (ServiceKey key in current.Services.Keys.Union(wanted.Services.Keys))
            {
                bool ours = owned.Contains(key) || wanted.Services.ContainsKey(key);
                IpvsTableService? expected = (ours ? wanted : current).Services.GetValueOrDefault(key);
                Same(expected, result.Services.GetValueOrDefault(key), $"seed {seed}, pair {i}, {key}");
                Assert.True(ours || commands.All(command => command.Service != key), $"seed {seed}, pair {i}: {key} is not ours");
            }

            Assert.Empty(IpvsDifference.Between(result, wanted, owned));
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void What_is_in_both_tables_is_never_removed_and_each_name_comes_once(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < Pairs; i++)
        {
            IpvsTable current = RandomTable(random), wanted = RandomTable(random);
            ImmutableArray<IpvsCommand> commands = IpvsDifference.Between(current, wanted, current.Services.Keys.ToHashSet());
            Assert.All(commands, command => Assert.False(
                command switch
                {
                    IpvsCommand.RemoveService remove => wanted.Services.ContainsKey(remove.Key),
                    IpvsCommand.RemoveDestination remove => wanted.Services[remove.Of].Destinations.ContainsKey(remove.Key),
                    IpvsCommand.AddService add => current.Services.ContainsKey(add.Key),
                    IpvsCommand.AddDestination add => Holds(current, add.Of, add.Key),
                    _ => false,
                },
                $"seed {seed}, pair {i}: {command}"));
            Assert.Equal(commands.Length, commands.Select(Name).Distinct().Count());
        }
    }

    [Fact]
    public void Additions_and_changes_come_before_removals()
    {
        IpvsTable current = IpvsTable.Empty.WithService(_mark, new("rr")).WithService(_web, new("rr")).WithDestination(_web, _one, _nat);
        IpvsTable wanted = IpvsTable.Empty.WithService(_web, new("wlc")).WithDestination(_web, _two, _nat);
        Assert.Equal<IpvsCommand>(
            [
                new IpvsCommand.SetService(_web, new("wlc")),
                new IpvsCommand.AddDestination(_web, _two, _nat),
                new IpvsCommand.RemoveDestination(_web, _one),
                new IpvsCommand.RemoveService(_mark),
            ],
            IpvsDifference.Between(current, wanted, new HashSet<ServiceKey> { _mark }));
    }

    [Fact]
    public void A_weight_is_set_in_place()
    {
        IpvsTable current = IpvsTable.Empty.WithService(_web, new("rr")).WithDestination(_web, _one, _nat);
        IpvsTable wanted = current.WithDestination(_web, _one, _nat with { Weight = 0 });
        IpvsCommand command = Assert.Single(IpvsDifference.Between(current, wanted, _nothing));
        Assert.Equal(new IpvsCommand.SetDestination(_web, _one, _nat with { Weight = 0 }), command);
    }

    public static TheoryData<ServiceOptions, ServiceOptions> SameServices => new()
    {
        { new("rr"), new("rr", PersistencePrefixLength: 24) },                                      // a mask without persistence
        { new("rr", PersistenceTimeout: 60), new("rr", ServiceTraits.Persistent, 60, 32, "") },
        { new("rr"), new("rr", ServiceTraits.Persistent) },
    };

    [Theory]
    [MemberData(nameof(SameServices))]
    public void Two_ways_to_say_the_same_of_a_service_do_not_differ(ServiceOptions one, ServiceOptions other) =>
        Assert.Empty(IpvsDifference.Between(IpvsTable.Empty.WithService(_web, one), IpvsTable.Empty.WithService(_web, other), _nothing));

    public static TheoryData<Forwarding, Forwarding> SameForwardings => new()
    {
        { Forwarding.Nat, new(ForwardingMethod.Masquerade, TunnelType.Gue, 6080, TunnelChecksum.Full) },
        { new(ForwardingMethod.Tunnel), new(ForwardingMethod.Tunnel, TunnelType.IpIp, 6080, TunnelChecksum.Full) },
        { new(ForwardingMethod.Tunnel, TunnelType.Gre), new(ForwardingMethod.Tunnel, TunnelType.Gre, 6080) },
    };

    [Theory]
    [MemberData(nameof(SameForwardings))]
    public void Two_ways_to_say_the_same_of_a_destination_do_not_differ(Forwarding one, Forwarding other) =>
        Assert.Equal(IpvsTable.Canonical(new DestinationOptions(one, 1)), IpvsTable.Canonical(new DestinationOptions(other, 1)));

    [Theory]
    [InlineData("192.0.2.1", false, false)]
    [InlineData("10.0.0.1", true, false)]        // an IPv4 destination of an IPv6 service, by a tunnel
    [InlineData("::1", true, true)]
    [InlineData("2001:db8::1", false, true)]
    public void The_family_of_a_destination_is_that_of_its_address(string address, bool serviceIsIPv6, bool expected) =>
        Assert.Equal(expected, IpvsTable.IsIPv6(ServiceKey.OfMark(1, serviceIsIPv6), new DestinationKey(RouterAddress.Parse(address), 80)));

    private static object Name(IpvsCommand command) => command switch
    {
        IpvsCommand.AddDestination add => (add.Of, add.Key),
        IpvsCommand.SetDestination set => (set.Of, set.Key),
        IpvsCommand.RemoveDestination remove => (remove.Of, remove.Key),
        _ => command.Service,
    };

    private static bool Holds(IpvsTable table, ServiceKey service, DestinationKey destination) =>
        table.Services.TryGetValue(service, out IpvsTableService? held) && held.Destinations.ContainsKey(destination);

    private static void Same(IpvsTableService? expected, IpvsTableService? actual, string where)
    {
        Assert.True(expected?.Options == actual?.Options, where);
        Assert.True(expected is null || expected.Destinations.SequenceEqual(actual!.Destinations), where);
    }

    private static IpvsTable RandomTable(Random random)
    {
        IpvsTable table = IpvsTable.Empty;
        for (uint i = 1; i <= 5; i++)
        {
            if (random.Next(3) == 0)
            {
                continue;
            }

            ServiceKey service = i <= 2
                ? ServiceKey.OfMark(i, isIPv6: false)
                : ServiceKey.OfAddress(LvsProtocol.Udp, new RouterAddress(i), 53);
            string scheduler = random.Next(2) == 0 ? "rr" : "sh";
            table = table.WithService(service, new ServiceOptions(scheduler, PersistenceTimeout: (uint)random.Next(2) * 50));
            for (int number = random.Next(5); number > 0; number--)
            {
                var forwarding = new Forwarding((ForwardingMethod)random.Next(2, 4), (TunnelType)random.Next(3), (ushort)random.Next(2));
                var destination = new DestinationKey(new RouterAddress((uint)random.Next(1, 6)), 53);
                table = table.WithDestination(service, destination, new(forwarding, random.Next(2)));
            }
        }

        return table;
    }
}
