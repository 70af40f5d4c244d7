using System.Net;

namespace Keepalived.Es.NodeRuntime.Tests.Support;

/// <summary>An HTTP server on loopback.</summary>
internal static class LoopbackListener
{
    private const int Attempts = 100;

    /// <summary>Below the range from which the kernel takes the ports of outgoing connections (32768 and up): those come and go at any time.</summary>
    private const int LowestPort = 10_000;

    private const int HighestPort = 30_000;

    /// <param name="port">0: a free one.</param>
    internal static (HttpListener Listener, int Port) Start(int port = 0)
    {
        for (int attempt = 1; ; attempt++)
        {
            int chosen = port == 0 ? Random.Shared.Next(LowestPort, HighestPort) : port;
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{chosen}/" } };
            try
            {
                listener.Start();
                return (listener, chosen);
            }
            catch (HttpListenerException) when (port == 0 && attempt < Attempts)
            {
                // Another has this port.
            }
        }
    }
}
