using System.Net;
using System.Net.Sockets;

namespace Keepalived.Es.Tests;

internal static class FreePort
{
    private const int First = 20_000;
    private const int End = 32_000;                              // the kernel gives others those from 32,768 on

    /// <summary>A port of 127.0.0.1 that nobody listens on, nor is given before it is used.</summary>
    internal static int Find()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, End);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one.
            }
        }
    }
}
