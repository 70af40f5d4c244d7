using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.EventLoop;

/// <summary>Waits for the descriptors of one thread, epoll(7), level-triggered. Waiting allocates nothing.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private readonly SafeDescriptor _descriptor;

    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left (EMFILE, ENFILE).</exception>
    internal Epoll()
    {
        int descriptor = LibC.epoll_create1(LibC.EPOLL_CLOEXEC);
        _descriptor = descriptor >= 0 ? new SafeDescriptor(descriptor) : throw Errno.LastAsException("epoll_create1");
    }

    /// <summary>Reports <paramref name="descriptor"/> with <paramref name="token"/> whenever it can be read or has failed.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">EEXIST (17) when it is registered already.</exception>
    internal void Add(SafeDescriptor descriptor, int token)
    {
        var change = new EpollEvent { Events = LibC.EPOLLIN, Token = token };
        if (LibC.epoll_ctl(_descriptor.Number, LibC.EPOLL_CTL_ADD, descriptor.Number, &change) != 0)
        {
            throw Errno.LastAsException($"watch descriptor {descriptor.Number}");
        }
    }

    /// <summary>Reports a bare descriptor until it is closed; for sockets that come and go by the thousand.</summary>
    /// <param name="events">EPOLLIN, EPOLLOUT; errors are always reported.</param>
    /// <param name="tag">A second number that comes with each report.</param>
    /// <returns>0 or errno.</returns>
    internal int TryAdd(int descriptor, uint events, int token, int tag)
    {
        var change = new EpollEvent { Events = events, Token = token, Tag = tag };
        int result = LibC.epoll_ctl(_descriptor.Number, LibC.EPOLL_CTL_ADD, descriptor, &change);
        return result == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Stops watching. A descriptor that is not watched is left alone.</summary>
    internal void Remove(SafeDescriptor descriptor)
    {
        var change = default(EpollEvent);
        if (LibC.epoll_ctl(_descriptor.Number, LibC.EPOLL_CTL_DEL, descriptor.Number, &change) != 0
            && Marshal.GetLastPInvokeError() != Errno.ENOENT)
        {
            throw Errno.LastAsException($"stop watching descriptor {descriptor.Number}");
        }
    }

    /// <summary>Waits until a watched descriptor is ready.</summary>
    /// <param name="ready">Receives one entry for each; those that do not fit come with the next call.</param>
    /// <param name="timeoutMs">Longest wait in milliseconds; 0: only look; -1, the default: no limit.</param>
    /// <returns>Entries written; 0 at the end of the wait or when a signal interrupted it.</returns>
    internal int Wait(Span<EpollEvent> ready, int timeoutMs = -1)
    {
        int count;
        fixed (EpollEvent* pointer = ready)
        {
            count = LibC.epoll_wait(_descriptor.Number, pointer, ready.Length, timeoutMs);
        }

        if (count >= 0)
        {
            return count;
        }

        return Marshal.GetLastPInvokeError() == Errno.EINTR ? 0 : throw Errno.LastAsException("epoll_wait");
    }

    public void Dispose() => _descriptor.Dispose();
}
