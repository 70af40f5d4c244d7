using System.Net.Sockets;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>Clients get answers through our daemon's table, whatever the way of forwarding; and an open connection outlives what must not cut it.</summary>
public sealed class ForwardingLab
{
    private const int GuePort = 6080;
    private const int Requests = 4;

    [Fact]
    public async Task Clients_get_answers_through_every_way_of_forwarding()
    {
        using var lan = new Lan();
        using var servers = new Servers(lan);
        using Balancer balancer = await Balancer.StartAsync(Balancer.Ours, lan.Director.Network, Configuration);

        Assert.Equal("nat1 nat2", await ConnectionsAsync(lan, Lan.Vip, 80));
        Assert.Equal("nat1 nat2", await ConnectionsAsync(lan, Lan.Vip6, 80));
        Assert.Equal("dr1 dr2", await ConnectionsAsync(lan, Lan.Vip, 81));
        Assert.Equal("tun1 tun2", await ConnectionsAsync(lan, Lan.Vip, 82));
        Assert.Equal("tun1 tun2", await ConnectionsAsync(lan, Lan.Vip, 83));
        Assert.Equal("tun1 tun2", await ConnectionsAsync(lan, Lan.Vip, 84));
        Assert.Single((await ConnectionsAsync(lan, Lan.Vip, 85)).Split(' '));           // persistent
        Assert.Equal("nat1 nat2", await DatagramsAsync(lan, Lan.Vip, 80, sockets: Requests));
        Assert.Equal("nat1 nat2", await DatagramsAsync(lan, Lan.Vip6, 80, sockets: Requests));
        Assert.Equal("dr1 dr2", await DatagramsAsync(lan, Lan.Vip, 81, sockets: Requests));
        Assert.Single((await DatagramsAsync(lan, Lan.Vip, 80, sockets: 1)).Split(' '));
        Assert.Equal("dr1 dr2", await DatagramsAsync(lan, Lan.Vip, 86, sockets: 1));    // one-packet scheduling
    }

    [Fact]
    public async Task An_open_connection_outlives_a_killed_daemon_and_its_return()
    {
        using var lan = new Lan();
        using var servers = new Servers(lan);
        using Balancer balancer = await Balancer.StartAsync(Balancer.Ours, lan.Director.Network, Configuration);
        using Socket open = await lan.ConnectAsync(Lan.Vip, 80);
        using Socket persistent = await lan.ConnectAsync(Lan.Vip, 85);
        string name = await Lan.AskAsync(open);
        string[] table = lan.Director.Saved();
        string[] connections = Connections(lan);
        Assert.NotEmpty(connections);

        await balancer.KillAsync();
        Assert.Equal(name, await Lan.AskAsync(open));
        await balancer.StartAgainAsync();

        Assert.Equal(table, lan.Director.Saved());
        Assert.Equal(connections, Connections(lan));
        Assert.Equal(name, await Lan.AskAsync(open));
        Assert.StartsWith("nat", await Lan.AskAsync(persistent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_connection_outlives_a_drain_and_a_changed_configuration()
    {
        using var lan = new Lan();
        using var servers = new Servers(lan);
        await using var loop = await LoopInDirector.StartAsync(lan.Director.Network, Configuration);
        using Socket open = await lan.ConnectAsync(Lan.Vip, 80);
        string name = await Lan.AskAsync(open);
        string server = name == "nat1" ? "10.51.82.11" : "10.51.82.12";
        string counterpart = name == "nat1" ? "nat2" : "nat1";
        string[] before = lan.Director.Saved();
        const string Service = "[10.51.81.8]:tcp:80";

        Assert.Contains("no real server", await loop.DrainAsync(Service, "192.0.2.1", true, null), StringComparison.Ordinal);
        Assert.Null(await loop.DrainAsync(Service, server, true, TimeSpan.FromMinutes(1)));
        await AwaitAsync(() => lan.Director.Saved().Contains($"-a -t 10.51.81.8:80 -r {server}:8080 -m -w 0"));
        Assert.Equal(counterpart, await ConnectionsAsync(lan, Lan.Vip, 80));
        Assert.Equal(name, await Lan.AskAsync(open));

        Assert.Null(await loop.DrainAsync(Service, server, true, TimeSpan.FromMilliseconds(1)));   // its time ends at once
        await AwaitAsync(() => lan.Director.Saved().SequenceEqual(before));
        Assert.Equal("nat1 nat2", await ConnectionsAsync(lan, Lan.Vip, 80));

        string other = Configuration.Replace("weight 2", "weight 7", StringComparison.Ordinal).Replace("lvs_sched rr", "lvs_sched wlc", StringComparison.Ordinal);
        Assert.NotEmpty(await loop.ReloadAsync(other));
        Assert.Contains($"-a -t 10.51.81.8:80 -r {server}:8080 -m -w 7", lan.Director.Saved());
        Assert.Equal(name, await Lan.AskAsync(open));
        Assert.NotEmpty(Connections(lan));

        string[] reloaded = lan.Director.Saved();
        lan.Director.Ipvsadm($"-d -t 10.51.81.8:80 -r {server}:8080");
        Assert.Empty(await loop.ReloadAsync(other));             // nothing in the file has changed, and the table is put right all the same
        await AwaitAsync(() => lan.Director.Saved().SequenceEqual(reloaded));
    }

    private static async Task AwaitAsync(Func<bool> condition)
    {
        const int LookMs = 20;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(LookMs, limit.Token);
        }
    }

    private static string[] Connections(Lan lan) => Director.Sorted(lan.Director.Ipvsadm("-Lnc").Split('\n')
        .Where(line => line.Contains("ESTABLISHED", StringComparison.Ordinal))
        .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3..])));

    /// <summary>Names of those who answer, each once.</summary>
    private static async Task<string> ConnectionsAsync(Lan lan, string to, int port)
    {
        SortedSet<string> names = [];
        for (int i = 0; i < Requests; i++)
        {
            using Socket socket = await lan.ConnectAsync(to, port);
            names.Add(await Lan.AskAsync(socket));
        }

        return string.Join(' ', names);
    }

    private static async Task<string> DatagramsAsync(Lan lan, string to, int port, int sockets)
    {
        SortedSet<string> names = [];
        for (int i = 0; i < sockets; i++)
        {
            using Socket socket = await lan.OpenDatagramAsync(to, port);
            for (int request = 0; request < Requests; request++)
            {
                names.Add(await Lan.AskAsync(socket));
            }
        }

        return string.Join(' ', names);
    }

    private static string Configuration => string.Concat(
        Service(Lan.Vip, 80, "TCP", "NAT", "10.51.82.11 8080", "10.51.82.12 8080"),
        Service(Lan.Vip6, 80, "TCP", "NAT", "fd51:82::11 8080", "fd51:82::12 8080"),
        Service(Lan.Vip, 81, "TCP", "DR", "10.51.81.24 81", "10.51.81.25 81"),
        Service(Lan.Vip, 82, "TCP", "TUN", "10.51.81.34 82", "10.51.81.35 82"),
        Service(Lan.Vip, 83, "TCP", $"TUN type gue port {GuePort}", "10.51.81.34 83", "10.51.81.35 83"),
        Service(Lan.Vip, 84, "TCP", "TUN type gre", "10.51.81.34 84", "10.51.81.35 84"),
        Service(Lan.Vip, 85, "TCP", "NAT\n  persistence_timeout 60", "10.51.82.11 8080", "10.51.82.12 8080"),
        Service(Lan.Vip, 80, "UDP", "NAT", "10.51.82.11 8080", "10.51.82.12 8080"),
        Service(Lan.Vip6, 80, "UDP", "NAT", "fd51:82::11 8080", "fd51:82::12 8080"),
        Service(Lan.Vip, 81, "UDP", "DR", "10.51.81.24 81", "10.51.81.25 81"),
        Service(Lan.Vip, 86, "UDP", "DR\n  ops", "10.51.81.24 86", "10.51.81.25 86"));

    private static string Service(string address, int port, string protocol, string method, params string[] servers) => $$"""
        virtual_server {{address}} {{port}} {
          lvs_sched rr
          protocol {{protocol}}
          lvs_method {{method}}
        {{string.Concat(servers.Select(server => $"  real_server {server} {{\n    weight 2\n  }}\n"))}}}

        """;

    /// <summary>Two behind the director, two by direct routing, two at the end of tunnels.</summary>
    private sealed class Servers : IDisposable
    {
        private readonly List<NamedServer> _servers = [];

        internal Servers(Lan lan)
        {
            for (int i = 1; i <= 2; i++)
            {
                _servers.Add(new NamedServer(lan.AddTranslated(10 + i), $"nat{i}", 8080));
                NetworkNamespace direct = lan.AddDirect(23 + i);
                _servers.Add(new NamedServer(direct, $"dr{i}", 81, Lan.Vip));
                _servers.Add(new NamedServer(direct, $"dr{i}", 86, Lan.Vip));
                NetworkNamespace tunnelled = lan.AddTunnelled(33 + i, GuePort);
                _servers.AddRange(Enumerable.Range(82, 3).Select(port => new NamedServer(tunnelled, $"tun{i}", port)));
            }
        }

        public void Dispose() => _servers.ForEach(server => server.Dispose());
    }
}
