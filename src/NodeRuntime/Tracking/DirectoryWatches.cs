using System.Runtime.InteropServices;
using System.Text;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Tracking;

/// <summary>One inotify(7) descriptor, and the directories watched with it.</summary>
internal sealed unsafe class DirectoryWatches : IDisposable
{
    private const uint FileEvents = LibC.IN_CLOSE_WRITE | LibC.IN_MOVED_FROM | LibC.IN_MOVED_TO | LibC.IN_DELETE;
    private const uint Overflow = 0x4000;                        // IN_Q_OVERFLOW
    private const uint Ignored = 0x8000;                         // IN_IGNORED: the watch has ended
    private const int HeaderBytes = 16;                          // struct inotify_event: wd, mask, cookie, len
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left (EMFILE, ENFILE).</exception>
    internal DirectoryWatches()
    {
        int descriptor = LibC.inotify_init1(LibC.IN_NONBLOCK | LibC.IN_CLOEXEC);
        Descriptor = descriptor >= 0 ? new SafeDescriptor(descriptor) : throw Errno.LastAsException("inotify_init1");
    }

    /// <summary>Readable when something has happened.</summary>
    internal SafeDescriptor Descriptor { get; }

    /// <returns>The watch, the same again for the same directory; or minus errno.</returns>
    internal int TryAdd(string directory)
    {
        int watch = LibC.inotify_add_watch(Descriptor.Number, directory, FileEvents | LibC.IN_MOVE_SELF | LibC.IN_ONLYDIR);
        return watch >= 0 ? watch : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Tells what has happened since the last time.</summary>
    /// <param name="changed">Watch, and name of the file.</param>
    /// <param name="lost">A watch that has ended; -1: changes were missed.</param>
    internal void Drain(Action<int, string> changed, Action<int> lost)
    {
        nint length;
        fixed (byte* bytes = _buffer)
        {
            length = LibC.read(Descriptor.Number, bytes, (nuint)_buffer.Length);
        }

        ReadOnlySpan<byte> rest = length > 0 ? _buffer.AsSpan(0, (int)length) : default;
        while (rest.Length >= HeaderBytes)
        {
            int watch = MemoryMarshal.Read<int>(rest);
            uint mask = MemoryMarshal.Read<uint>(rest[4..]);
            int nameBytes = MemoryMarshal.Read<int>(rest[12..]);
            if ((mask & LibC.IN_MOVE_SELF) != 0)
            {
                _ = LibC.inotify_rm_watch(Descriptor.Number, watch);   // another may have its path by now; "ignored" follows
            }
            else if ((mask & (Overflow | Ignored)) != 0)
            {
                lost(watch);
            }
            else
            {
                changed(watch, Encoding.UTF8.GetString(rest.Slice(HeaderBytes, nameBytes)).TrimEnd('\0'));
            }

            rest = rest[(HeaderBytes + nameBytes)..];
        }
    }

    public void Dispose() => Descriptor.Dispose();
}
