using System.Net;
using System.Net.Sockets;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>Reaches a server on 127.0.0.1 under another address of loopback.</summary>
internal sealed class LoopbackForward : IDisposable
{
    private readonly TcpListener _listener;

    internal LoopbackForward(string address, int to)
    {
        _listener = new TcpListener(IPAddress.Parse(address), 0);
        _listener.Start();
        _ = ServeAsync(to);
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(int to)
    {
        using TcpClient near = await _listener.AcceptTcpClientAsync();
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, to);
        await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
    }
}
