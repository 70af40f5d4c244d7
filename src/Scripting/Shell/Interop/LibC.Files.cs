using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>Files: statx(2), mkfifo(3), open(2), fchown(2), unlink(2).</summary>
internal static unsafe partial class LibC
{
    internal const int O_NOFOLLOW = 0x20000;
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint STATX_BASIC_STATS = 0x7FF;

    internal const int S_IFMT = 0xF000;
    internal const int S_IFIFO = 0x1000;
    internal const int S_IFDIR = 0x4000;
    internal const int S_IFREG = 0x8000;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(int directory, string path, int flags, uint mask, Statx* result);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* realpath(string path, byte* resolved);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mkfifo(string path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchown(int descriptor, uint user, uint group);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int unlink(string path);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx                                        // struct statx
    {
        [FieldOffset(20)]
        internal uint User;                                      // stx_uid

        [FieldOffset(24)]
        internal uint Group;                                     // stx_gid

        [FieldOffset(28)]
        internal ushort Mode;                                    // stx_mode

        [FieldOffset(32)]
        internal ulong Inode;                                    // stx_ino

        [FieldOffset(136)]
        internal uint DeviceMajor;                               // stx_dev_major

        [FieldOffset(140)]
        internal uint DeviceMinor;                               // stx_dev_minor
    }
}
