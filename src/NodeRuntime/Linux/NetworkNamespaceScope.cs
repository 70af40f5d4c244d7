using System.ComponentModel;
using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux;

/// <summary>The calling thread is in a named network namespace (ip-netns(8)) until it is disposed of: sockets opened in between stay there.</summary>
internal sealed class NetworkNamespaceScope : IDisposable
{
    private const string Directory = "/run/netns/";
    private readonly FileStream _own;

    /// <exception cref="Win32Exception">There is no such namespace, or CAP_SYS_ADMIN is missing.</exception>
    internal NetworkNamespaceScope(string name)
    {
        _own = new FileStream("/proc/thread-self/ns/net", FileMode.Open, FileAccess.Read);
        try
        {
            using var other = new FileStream(Directory + name, FileMode.Open, FileAccess.Read);
            Enter(other);
        }
        catch (IOException e)
        {
            _own.Dispose();
            throw new Win32Exception(Errno.ENOENT, $"there is no network namespace {Directory}{name}: {e.Message}");
        }
    }

    public void Dispose()
    {
        Enter(_own);
        _own.Dispose();
    }

    private static void Enter(FileStream space)
    {
        if (LibC.setns((int)space.SafeFileHandle.DangerousGetHandle(), LibC.CLONE_NEWNET) != 0)
        {
            throw Errno.AsException(Marshal.GetLastPInvokeError(), $"enter the network namespace {space.Name}");
        }
    }
}
