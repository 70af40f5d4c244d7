using System.Net;
using System.Net.Sockets;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>
/// Real connections: a client, a director that translates addresses, and a host with two servers, each in a namespace of its own.
/// </summary>
public sealed class TrafficLab
{
    private const int PayloadBytes = 1000;
    private static readonly DestinationKey _first = new(RouterAddress.Parse("10.52.0.11"), 8080);
    private static readonly DestinationKey _second = new(RouterAddress.Parse("10.52.0.12"), 8080);
    private static readonly ServiceKey _service = ServiceKey.OfAddress(LvsProtocol.Tcp, RouterAddress.Parse("10.51.0.2"), 80);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Statistics_and_connections_are_those_of_the_traffic()
    {
        const int Connections = 6;
        await using Net net = Net.Start();
        List<Socket> clients = [];
        for (int i = 0; i < Connections; i++)
        {
            clients.Add(await Net.EchoAsync(await net.ConnectAsync()));
        }

        IpvsService service = await AwaitAsync(net.Director, service =>
            Math.Min(service.Statistics.IncomingBytes, service.Statistics.OutgoingBytes) > PayloadBytes * Connections);
        Assert.Equal((ulong)Connections, service.Statistics.Connections);
        Assert.True(service.Statistics.IncomingPackets >= 3 * Connections, service.ToString()); // SYN, ACK, payload
        Assert.True(service.Statistics.OutgoingPackets >= 2 * Connections, service.ToString());
        Assert.Equal(
            [(Connections / 2, 3u), (Connections / 2, 3u)],
            service.Destinations.Select(destination => ((int)destination.Statistics.Connections, destination.ActiveConnections)));

        string shown = "";
        service = await AwaitAsync(net.Director, before =>
        {
            shown = net.Director.Ipvsadm("-Ln --stats --exact");
            return before.Statistics == net.Director.Ipvs.Dump().Single().Statistics; // the kernel has not counted anew meanwhile
        });
        Assert.Contains(
            $"{service.Statistics.IncomingBytes} {service.Statistics.OutgoingBytes}", SingleSpaced(shown), StringComparison.Ordinal);

        net.Director.Ipvs.Zero(_service);
        IpvsStatistics zeroed = Assert.Single(net.Director.Ipvs.Dump()).Statistics;
        Assert.Equal(0ul, zeroed.Connections);
        Assert.True(zeroed.OutgoingBytes < service.Statistics.OutgoingBytes, zeroed.ToString()); // a late acknowledgement may count
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task What_changes_in_place_or_beside_it_cuts_no_connection()
    {
        await using Net net = Net.Start();
        using Socket one = await Net.EchoAsync(await net.ConnectAsync());
        using Socket other = await Net.EchoAsync(await net.ConnectAsync());
        IpvsTable wanted = IpvsTable.Empty
            .WithService(_service, new ServiceOptions("wlc", PersistenceTimeout: 50))
            .WithDestination(_service, _first, Director.Nat with { Weight = 0 })
            .WithDestination(_service, _second, Director.Nat with { UpperThreshold = 100 })
            .WithDestination(_service, new DestinationKey(RouterAddress.Parse("10.52.0.13"), 8080), Director.Nat);
        var commands = IpvsDifference.Between(net.Director.Table(), wanted, new HashSet<ServiceKey>());
        net.Director.Do(batch =>
        {
            foreach (IpvsCommand command in commands)
            {
                batch.Add(command);
            }
        });
        await Net.EchoAsync(one);
        await Net.EchoAsync(other);
        Assert.Equal(2, net.Director.Ipvs.Dump().Single().Destinations.Sum(destination => destination.ActiveConnections));
    }

    [Fact]
    public async Task The_sync_daemon_brings_a_connection_to_the_other_director()
    {
        await using Net net = Net.Start();
        using var backup = new Director();
        net.Director.Network.Ip($"link add sync type veth peer name sync netns {backup.Network.Path}");
        net.Director.Network.Ip("addr add 10.53.0.1/24 dev sync");
        net.Director.Network.Ip("link set sync up");
        backup.Network.Ip("addr add 10.53.0.2/24 dev sync");
        backup.Network.Ip("link set sync up");

        net.Director.Network.AwaitRunning("sync");
        backup.Network.AwaitRunning("sync");
        backup.Do(batch =>
        {
            batch.AddService(_service, new ServiceOptions("rr"));
            batch.AddDestination(_service, _first, Director.Nat);
            batch.AddDestination(_service, _second, Director.Nat);
        });
        Assert.Equal(IpvsOutcome.Done, backup.Ipvs.StartDaemon(IpvsDaemonRole.Backup, Sync));
        Assert.Equal(IpvsOutcome.Done, net.Director.Ipvs.StartDaemon(IpvsDaemonRole.Master, Sync));
        net.Director.Network.Execute("sysctl", "-qw \"net.ipv4.vs.sync_threshold=1 2\"");
        using Socket client = await Net.EchoAsync(await net.ConnectAsync());
        await AwaitAsync(backup, service =>
            service.Destinations.Any(destination => destination.ActiveConnections + destination.InactiveConnections > 0));
    }

    private static readonly SyncDaemonSettings Sync = new("sync", new SourceSpan("k.conf", 1, 1, 1), Id: 51);

    /// <summary>Reads the one service until it is as expected: the kernel brings its counters up to date every 2 s.</summary>
    private static async Task<IpvsService> AwaitAsync(Director director, Func<IpvsService, bool> condition)
    {
        using var limit = new CancellationTokenSource(_limit);
        while (true)
        {
            IpvsService service = director.Ipvs.Dump().Single();
            if (condition(service))
            {
                return service;
            }

            Assert.False(limit.IsCancellationRequested, service.ToString());
            await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        }
    }

    private static string SingleSpaced(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>client 10.51.0.1 - 10.51.0.2 director 10.52.0.1 - 10.52.0.11 and .12 servers.</summary>
    private sealed class Net : IAsyncDisposable
    {
        private readonly List<Socket> _listeners = [];
        private readonly NetworkNamespace _servers = new();

        private Net(NetworkNamespace client, NetworkNamespace director)
        {
            Client = client;
            Director = new Director(director);
        }

        internal NetworkNamespace Client { get; }

        internal Director Director { get; }

        internal static Net Start()
        {
            (NetworkNamespace client, NetworkNamespace director) = NetworkNamespace.Pair();
            var net = new Net(client, director);
            director.Ip($"link add inner type veth peer name outer netns {net._servers.Path}");
            director.Ip("addr add 10.52.0.1/24 dev inner");
            director.Ip("link set inner up");
            net._servers.Ip("addr add 10.52.0.11/24 dev outer");
            net._servers.Ip("addr add 10.52.0.12/24 dev outer");
            net._servers.Ip("link set outer up");
            director.AwaitRunning("inner");
            net._servers.AwaitRunning("outer");
            net._servers.Ip("route add default via 10.52.0.1");
            director.Execute("sysctl", "-qw net.ipv4.ip_forward=1");
            net.Listen(_first);
            net.Listen(_second);
            net.Director.Do(batch =>
            {
                batch.AddService(_service, new ServiceOptions("rr"));
                batch.AddDestination(_service, _first, Director.Nat);
                batch.AddDestination(_service, _second, Director.Nat);
            });
            return net;
        }

        internal async Task<Socket> ConnectAsync()
        {
            Socket socket = Client.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            using var limit = new CancellationTokenSource(_limit);
            await socket.ConnectAsync(new IPEndPoint(_service.Address.ToIPAddress(), _service.Port), limit.Token);
            return socket;
        }

        /// <summary>Sends some bytes and takes them back.</summary>
        internal static async Task<Socket> EchoAsync(Socket client)
        {
            using var limit = new CancellationTokenSource(_limit);
            await client.SendAsync(new byte[PayloadBytes], limit.Token);
            byte[] buffer = new byte[PayloadBytes];
            for (int received = 0; received < PayloadBytes;)
            {
                int count = await client.ReceiveAsync(buffer, limit.Token);
                Assert.NotEqual(0, count);
                received += count;
            }

            return client;
        }

        public ValueTask DisposeAsync()
        {
            _listeners.ForEach(listener => listener.Dispose());
            Director.Dispose();
            _servers.Dispose();
            Client.Dispose();
            return ValueTask.CompletedTask;
        }

        private void Listen(DestinationKey server)
        {
            Socket listener = _servers.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            listener.Bind(new IPEndPoint(server.Address.ToIPAddress(), server.Port));
            listener.Listen();
            _listeners.Add(listener);
            _ = ServeAsync(listener);
        }

        private static async Task ServeAsync(Socket listener)
        {
            try
            {
                while (true)
                {
                    _ = EchoBackAsync(await listener.AcceptAsync());
                }
            }
            catch (SocketException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        }

        private static async Task EchoBackAsync(Socket socket)
        {
            using (socket)
            {
                byte[] buffer = new byte[PayloadBytes];
                int count;
                while ((count = await socket.ReceiveAsync(buffer)) > 0)
                {
                    await socket.SendAsync(buffer.AsMemory(0, count));
                }
            }
        }
    }
}
