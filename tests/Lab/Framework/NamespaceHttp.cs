using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Keepalived.Es.Lab.Framework;

/// <summary>HTTP from inside a namespace: a socket stays in the namespace in which it was made.</summary>
internal static partial class NamespaceHttp
{
    private const int NetworkNamespace = 0x40000000;
    private const int CloseOnExec = 0x80000;

    /// <param name="name">As <c>ip netns</c> knows it.</param>
    internal static HttpClient Create(string name, string url) => new(new SocketsHttpHandler { ConnectCallback = (context, stop) => ConnectAsync(name, context, stop) })
    {
        BaseAddress = new Uri(url),
        Timeout = TimeSpan.FromSeconds(30),
    };

    private static async ValueTask<Stream> ConnectAsync(string name, SocketsHttpConnectionContext context, CancellationToken stop)
    {
        // A thread of its own, which ends with this: those of the pool have to stay where they are.
        Socket socket = await Task.Factory.StartNew(() => Open(name), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(context.DnsEndPoint.Host), context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Open(string name)
    {
        int inside = OpenFile($"/run/netns/{name}", CloseOnExec);        // not a FileStream: it wants to seek
        if (inside < 0 || Enter(inside, NetworkNamespace) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"setns({name})");
        }

        _ = CloseFile(inside);
        return new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int Enter(int descriptor, int type);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseFile(int descriptor);
}
