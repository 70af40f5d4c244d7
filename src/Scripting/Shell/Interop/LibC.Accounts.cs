using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>Users and groups: unistd.h, pwd.h, grp.h.</summary>
internal static unsafe partial class LibC
{
    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial uint getegid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getpwnam_r(string name, Password* entry, byte* buffer, nuint size, Password** result);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getgrnam_r(string name, Group* entry, byte* buffer, nuint size, Group** result);

    [LibraryImport("libc")]
    internal static partial int getpwuid_r(uint id, Password* entry, byte* buffer, nuint size, Password** result);

    [LibraryImport("libc")]
    internal static partial int getgrgid_r(uint id, Group* entry, byte* buffer, nuint size, Group** result);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getgrouplist(string name, uint group, uint* groups, int* count);

    [StructLayout(LayoutKind.Sequential)]
    internal struct Password                                     // struct passwd
    {
        internal byte* Name;                                     // pw_name
        internal byte* Secret;                                   // pw_passwd
        internal uint User;                                      // pw_uid
        internal uint Group;                                     // pw_gid
        internal byte* Comment;                                  // pw_gecos
        internal byte* Directory;                                // pw_dir
        internal byte* Shell;                                    // pw_shell
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Group                                        // struct group
    {
        internal byte* Name;                                     // gr_name
        internal byte* Secret;                                   // gr_passwd
        internal uint Id;                                        // gr_gid
        internal byte** Members;                                 // gr_mem
    }
}
