using System.Net;
using System.Net.Sockets;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>A server of datagrams on loopback that behaves, or misbehaves, as told, towards each of them.</summary>
internal sealed class DatagramServer : IDisposable
{
    private const int SlownessMs = 50;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _behaviour;
    private readonly bool _isDns;

    /// <param name="behaviour">good, slow, silent, refusing, garbage, cut, servfail.</param>
    internal DatagramServer(bool isDns, string behaviour)
    {
        (_isDns, _behaviour) = (isDns, behaviour);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Port = (ushort)((IPEndPoint)_socket.LocalEndPoint!).Port;
        if (behaviour == "refusing")
        {
            _socket.Dispose();                                   // nobody else takes it so soon: the kernel goes on with others
            return;
        }

        _ = ServeAsync();
    }

    internal ushort Port { get; }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
    }

    private async Task ServeAsync()
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (true)
            {
                SocketReceiveFromResult asked = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
                if (_behaviour == "slow")
                {
                    await Task.Delay(SlownessMs, _stop.Token);   // what "slow" means
                }

                if (_behaviour != "silent")
                {
                    await _socket.SendToAsync(Answer(buffer[..asked.ReceivedBytes]), asked.RemoteEndPoint, _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private byte[] Answer(byte[] asked)
    {
        if (_behaviour == "cut")
        {
            return [1];
        }

        if (_isDns)
        {
            asked[2] |= 0x80;
            asked[3] = _behaviour == "servfail" ? (byte)2 : (byte)0;
            asked[0] ^= _behaviour == "garbage" ? (byte)0xFF : (byte)0;
            return asked;
        }

        return _behaviour == "garbage" ? [0xFF, 0xFF] : asked;
    }
}
