using System.Net;
using System.Net.Sockets;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>A server on loopback that behaves, or misbehaves, as told, towards each connection.</summary>
internal sealed class CheckServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _fillers = [];
    private int _accepted;

    private CheckServer() => _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    internal ushort Port => (ushort)((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Connections so far.</summary>
    internal int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Accepts, and hands each connection to <paramref name="behave"/>; it is closed afterwards.</summary>
    internal static CheckServer Accepting(Func<Socket, CancellationToken, Task> behave)
    {
        var server = new CheckServer();
        server._listener.Listen(4096);
        _ = server.AcceptAsync(behave);
        return server;
    }

    /// <summary>Holds a port and refuses all connections to it.</summary>
    internal static CheckServer Refusing() => new();

    /// <summary>Its queue is full: the kernel drops what else comes.</summary>
    internal static CheckServer Deaf()
    {
        const int Enough = 8;
        var server = new CheckServer();
        server._listener.Listen(0);
        for (int i = 0; i < Enough; i++)
        {
            var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            server._fillers.Add(filler);
            try
            {
                filler.Connect(server._listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // Waits for a place in the queue.
            }
        }

        return server;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _fillers.ForEach(filler => filler.Dispose());
    }

    private async Task AcceptAsync(Func<Socket, CancellationToken, Task> behave)
    {
        try
        {
            while (true)
            {
                Socket connection = await _listener.AcceptAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _ = ServeAsync(connection, behave);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket connection, Func<Socket, CancellationToken, Task> behave)
    {
        using (connection)
        {
            try
            {
                await behave(connection, _stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The other side has gone, or the test is over.
            }
        }
    }
}
