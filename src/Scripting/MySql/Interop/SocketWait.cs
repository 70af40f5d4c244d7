using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.MySql.Interop;

/// <summary>
/// Waits for the socket in the library's place (MARIADB_OPT_IO_WAIT), so that every wait - connecting, TLS, log-in, rows - ends at our
/// deadline or when another thread cancels. One for each connection; the connection's thread sets the deadline.
/// </summary>
internal sealed unsafe partial class SocketWait : IDisposable
{
    private const int EFD_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_ERROR = 4;
    private const short POLLOUT = 4;
    private const short POLLERR = 8;
    private const int SHUT_RDWR = 2;

    [ThreadStatic]
    private static SocketWait? t_current;

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private int _wake;
    private long _start;
    private TimeSpan _limit;
    private volatile bool _isCancelled;

    internal SocketWait(TimeProvider time)
    {
        _time = time;
        _wake = eventfd(0, EFD_CLOEXEC);
        if (_wake < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>For <c>MARIADB_OPT_IO_WAIT</c>; looks up the wait of the calling thread.</summary>
    internal static void* Callback => (delegate* unmanaged[Cdecl]<int, byte, int, int>)&Wait;

    /// <summary>errno of a connect that failed; 0: none did.</summary>
    internal int ConnectError { get; private set; }

    internal bool IsCancelled => _isCancelled;

    internal bool IsOver => _isCancelled || Remaining <= TimeSpan.Zero;

    private TimeSpan Remaining => _limit - _time.GetElapsedTime(_start);

    /// <summary>From now on the calling thread waits here, until the limit is over.</summary>
    internal void Begin(TimeSpan limit)
    {
        t_current = this;
        (_start, _limit, ConnectError) = (_time.GetTimestamp(), limit, 0);
    }

    /// <summary>Ends the wait of now and all later ones. From any thread.</summary>
    internal void Cancel()
    {
        _isCancelled = true;
        lock (_gate)
        {
            ulong one = 1;
            _ = _wake < 0 ? 0 : write(_wake, (byte*)&one, sizeof(ulong));
        }
    }

    /// <summary>shutdown(2) in both directions.</summary>
    internal static void ShutDown(int socket) => _ = shutdown(socket, SHUT_RDWR);

    public void Dispose()
    {
        t_current = null;
        lock (_gate)
        {
            _ = LibC.close(_wake);
            _wake = -1;
        }
    }

    /// <returns>1: ready, 0: the time is over, -1: it failed.</returns>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Wait(int socket, byte isRead, int timeoutMs) => t_current?.Wait(socket, isRead != 0) ?? -1;

    private int Wait(int socket, bool isRead)
    {
        LibC.PollDescriptor* descriptors = stackalloc LibC.PollDescriptor[2];
        descriptors[0] = new LibC.PollDescriptor { Descriptor = socket, Wanted = isRead ? LibC.POLLIN : POLLOUT };
        descriptors[1] = new LibC.PollDescriptor { Descriptor = _wake, Wanted = LibC.POLLIN };
        while (!IsOver)
        {
            int ready = LibC.poll(descriptors, 2, (int)Math.Min(Math.Ceiling(Remaining.TotalMilliseconds), int.MaxValue));
            if (ready < 0 && Marshal.GetLastPInvokeError() != LibC.EINTR)
            {
                return -1;
            }

            if (ready > 0 && descriptors[0].Seen != 0)
            {
                return !isRead && (descriptors[0].Seen & POLLERR) != 0 ? Failed(socket) : 1;
            }
        }

        return 0;
    }

    /// <summary>The library would lose the reason.</summary>
    private int Failed(int socket)
    {
        int error = 0;
        uint size = sizeof(int);
        ConnectError = getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : 0;
        return -1;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int socket, int how);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int socket, int level, int option, void* value, uint* size);
}
