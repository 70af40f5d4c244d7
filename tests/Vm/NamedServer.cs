using System.Net;
using System.Net.Sockets;
using System.Text;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>A server on TCP and UDP, at every address of its namespace, that answers whatever it is sent with its name. Until it is disposed of.</summary>
internal sealed class NamedServer : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly byte[] _name;

    /// <param name="datagramsAt">Address for datagrams, where it is not the host's own: answers must come from it.</param>
    internal NamedServer(NetworkNamespace network, string name, int port, string? datagramsAt = null)
    {
        _name = Encoding.ASCII.GetBytes(name);
        Socket listener = Bind(network, SocketType.Stream, ProtocolType.Tcp, IPAddress.IPv6Any, port);
        listener.Listen();
        _ = AcceptAsync(listener);
        IPAddress address = datagramsAt is null ? IPAddress.IPv6Any : IPAddress.Parse(datagramsAt).MapToIPv6();
        _ = AnswerAsync(Bind(network, SocketType.Dgram, ProtocolType.Udp, address, port));
    }

    public void Dispose()
    {
        lock (_sockets)
        {
            _sockets.ForEach(socket => socket.Dispose());
        }
    }

    private Socket Bind(NetworkNamespace network, SocketType type, ProtocolType protocol, IPAddress address, int port)
    {
        Socket socket = Keep(network.Run(() => new Socket(AddressFamily.InterNetworkV6, type, protocol) { DualMode = true }));
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private Socket Keep(Socket socket)
    {
        lock (_sockets)
        {
            _sockets.Add(socket);
        }

        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = TalkAsync(Keep(await listener.AcceptAsync()));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server has ended.
        }
    }

    private async Task TalkAsync(Socket connection)
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (await connection.ReceiveAsync(buffer) > 0)
            {
                await connection.SendAsync(_name);
            }

            connection.Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client has gone, or the server has ended.
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (true)
            {
                SocketReceiveFromResult asked = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.IPv6Any, 0));
                await socket.SendToAsync(_name, asked.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server has ended.
        }
    }
}
