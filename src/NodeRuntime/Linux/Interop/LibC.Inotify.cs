using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>inotify(7).</summary>
internal static unsafe partial class LibC
{
    internal const int IN_NONBLOCK = 0x800;
    internal const int IN_CLOEXEC = 0x80000;
    internal const uint IN_CLOSE_WRITE = 0x0008;
    internal const uint IN_MOVED_FROM = 0x0040;
    internal const uint IN_MOVED_TO = 0x0080;
    internal const uint IN_DELETE = 0x0200;
    internal const uint IN_MOVE_SELF = 0x0800;
    internal const uint IN_ONLYDIR = 0x01000000;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int inotify_add_watch(int descriptor, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int inotify_rm_watch(int descriptor, int watch);
}
