using System.Runtime.InteropServices;
using System.Text;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>Owner, group and mode of a file, statx(2).</summary>
internal readonly record struct FileFacts(uint User, uint Group, int Mode, ulong Inode, ulong Device)
{
    private const int PathBytes = 4096;                          // PATH_MAX
    private const int Permissions = 0xFFF;
    private const int AnyExecute = 0b001_001_001;
    private const int Sticky = 0x200;

    internal bool IsFifo => (Mode & LibC.S_IFMT) == LibC.S_IFIFO;

    internal bool IsDirectory => (Mode & LibC.S_IFMT) == LibC.S_IFDIR;

    internal bool IsRegular => (Mode & LibC.S_IFMT) == LibC.S_IFREG;

    internal bool IsSticky => (Mode & Sticky) != 0;

    /// <summary>A file that somebody may execute.</summary>
    internal bool IsProgram => IsRegular && (Mode & AnyExecute) != 0;

    /// <summary>As chmod(1) takes it: <c>0755</c>.</summary>
    internal string Octal => Convert.ToString(Mode & Permissions, 8).PadLeft(4, '0');

    /// <param name="follow">True: of what a symbolic link names.</param>
    /// <returns>Null, with the error number in the last P/Invoke error, when it cannot be seen.</returns>
    internal static FileFacts? Of(string path, bool follow = true) => Read(LibC.AT_FDCWD, path, follow ? 0 : LibC.AT_SYMLINK_NOFOLLOW);

    internal static FileFacts? Of(int descriptor) => Read(descriptor, "", LibC.AT_EMPTY_PATH);

    /// <summary>The path without symbolic links, <c>.</c> and <c>..</c>; null when it names nothing.</summary>
    internal static unsafe string? RealPath(string path)
    {
        byte* buffer = stackalloc byte[PathBytes];
        return LibC.realpath(path, buffer) is null ? null : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer));
    }

    private static unsafe FileFacts? Read(int directory, string path, int flags)
    {
        LibC.Statx found;
        return LibC.statx(directory, path, flags, LibC.STATX_BASIC_STATS, &found) == 0
            ? new FileFacts(found.User, found.Group, found.Mode, found.Inode, ((ulong)found.DeviceMajor << 32) | found.DeviceMinor)
            : null;
    }
}
