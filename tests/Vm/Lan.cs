using System.Net;
using System.Net.Sockets;
using System.Text;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>
/// Hosts on one switch. Client and director are on 10.51.81.0/24 and fd51:81::/64, as are real servers that answer the client themselves (direct routing, tunnels);
/// those behind address translation are on 10.51.82.0/24 and fd51:82::/64 and have the director as their router.
/// </summary>
internal sealed class Lan : IDisposable
{
    internal const string Vip = "10.51.81.8";
    internal const string Vip6 = "fd51:81::8";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly List<NetworkNamespace> _hosts = [];
    private readonly NetworkNamespace _switch = new();

    internal Lan()
    {
        _switch.Ip("link add br0 type bridge");
        _switch.Ip("link set br0 up");
        Client = Join("client", "10.51.81.1/24", "fd51:81::1/64");
        Director = new Director(Join("director", "10.51.81.7/24", "fd51:81::7/64", $"{Vip}/32", $"{Vip6}/128", "10.51.82.8/24", "fd51:82::8/64"));
        Director.Network.Execute("sysctl", "-qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0");
    }

    internal NetworkNamespace Client { get; }

    internal Director Director { get; }

    /// <summary>A host that shares the address of the service and keeps quiet about it.</summary>
    internal NetworkNamespace AddDirect(int number)
    {
        NetworkNamespace host = Join($"rs{number}", $"10.51.81.{number}/24", $"fd51:81::{number}/64");
        host.Execute("sysctl", "-qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2");
        host.Ip($"addr add {Vip}/32 dev lo");
        return host;
    }

    /// <summary>As <see cref="AddDirect"/>, and it unpacks what comes through tunnels of every type.</summary>
    internal NetworkNamespace AddTunnelled(int number, int guePort)
    {
        NetworkNamespace host = AddDirect(number);
        host.Ip("link add other type ipip remote 192.0.2.1");     // has the kernel load the module, whose device takes what no other does
        host.Ip("link add another type gre remote 192.0.2.1");
        host.Execute("modprobe", "fou");
        host.Ip($"fou add port {guePort} gue");
        foreach (string device in (string[])["tunl0", "gre0"])
        {
            host.Ip($"link set {device} up");
            host.Execute("sysctl", $"-qw net.ipv4.conf.{device}.rp_filter=0");
        }

        return host;
    }

    /// <summary>A host behind the director.</summary>
    internal NetworkNamespace AddTranslated(int number)
    {
        NetworkNamespace host = Join($"rs{number}", $"10.51.82.{number}/24", $"fd51:82::{number}/64");
        // Director and client are on one switch, which the director would tell the host of, and answers would go past it.
        host.Execute("sysctl", "-qw net.ipv6.conf.all.accept_redirects=0 net.ipv6.conf.eth0.accept_redirects=0");
        host.Ip("route add default via 10.51.82.8");
        host.Ip("-6 route add default via fd51:82::8");
        return host;
    }

    /// <param name="from">The client's address; null: any.</param>
    internal async Task<Socket> ConnectAsync(string to, int port, string? from = null)
    {
        var address = IPAddress.Parse(to);
        Socket socket = Client.Run(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        using var limit = new CancellationTokenSource(_limit);
        await socket.ConnectAsync(new IPEndPoint(address, port), limit.Token);
        return socket;
    }

    internal async Task<Socket> OpenDatagramAsync(string to, int port)
    {
        var address = IPAddress.Parse(to);
        Socket socket = Client.Run(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        await socket.ConnectAsync(new IPEndPoint(address, port));
        return socket;
    }

    /// <summary>Asks whoever is at the other end for its name.</summary>
    internal static async Task<string> AskAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(_limit);
        byte[] buffer = new byte[100];
        await socket.SendAsync("who"u8.ToArray(), limit.Token);
        int length = await socket.ReceiveAsync(buffer, limit.Token);
        Assert.NotEqual(0, length);
        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    public void Dispose()
    {
        _hosts.Remove(Director.Network);
        Director.Dispose();                                       // and its network
        _hosts.ForEach(host => host.Dispose());
        _switch.Dispose();
    }

    private NetworkNamespace Join(string name, params string[] addresses)
    {
        var host = new NetworkNamespace();
        _hosts.Add(host);
        _switch.Ip($"link add {name} type veth peer name eth0 netns {host.Path}");
        _switch.Ip($"link set {name} master br0");
        _switch.Ip($"link set {name} up");
        foreach (string address in addresses)
        {
            host.Ip($"addr add {address} dev eth0{(address.Contains(':', StringComparison.Ordinal) ? " nodad" : "")}");
        }

        host.Ip("link set eth0 up");
        host.AwaitRunning("eth0");
        return host;
    }
}
