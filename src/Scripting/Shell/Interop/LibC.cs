using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>The C library, under its own names, as far as starting programs needs it: spawn.h, poll.h, unistd.h, sys/wait.h, pwd.h, grp.h.</summary>
internal static unsafe partial class LibC
{
    internal const int EINTR = 4;
    internal const int ENOEXEC = 8;
    internal const int SIGKILL = 9;

    internal const int O_RDONLY = 0;
    internal const int O_CLOEXEC = 0x80000;

    internal const short POSIX_SPAWN_SETPGROUP = 0x02;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;

    /// <summary>Bytes of <c>posix_spawnattr_t</c> (336) and <c>posix_spawn_file_actions_t</c> (80) on x86-64, and some to spare.</summary>
    internal const int SpawnStructBytes = 512;

    /// <summary>Bytes of <c>sigset_t</c>.</summary>
    internal const int SignalSetBytes = 128;

    internal const int P_PID = 1;
    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;

    internal const short POLLIN = 1;

    [LibraryImport("libc")]
    internal static partial int posix_spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setpgroup(void* attributes, int group);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(void* fileActions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(void* fileActions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addopen(void* fileActions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(void* fileActions, int descriptor, int newDescriptor);

    /// <summary>Since glibc 2.29; before it the program starts in the daemon's own directory.</summary>
    internal static int posix_spawn_file_actions_addchdir_np(void* fileActions, byte* path) =>
        Export("posix_spawn_file_actions_addchdir_np") is var function and not 0 ? ((delegate* unmanaged<void*, byte*, int>)function)(fileActions, path) : 0;

    /// <summary>Since glibc 2.34; before it only the descriptors that close by themselves are closed, which all of ours do.</summary>
    internal static int posix_spawn_file_actions_addclosefrom_np(void* fileActions, int from) =>
        Export("posix_spawn_file_actions_addclosefrom_np") is var function and not 0 ? ((delegate* unmanaged<void*, int, int>)function)(fileActions, from) : 0;

    private static nint Export(string name) =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), name, out nint function) ? function : 0;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitid(int idType, int id, byte* siginfo, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial uint getegid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getpwnam_r(string name, Password* entry, byte* buffer, nuint size, Password** result);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getgrnam_r(string name, Group* entry, byte* buffer, nuint size, Group** result);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor                               // struct pollfd
    {
        internal int Descriptor;                                 // fd
        internal short Wanted;                                   // events
        internal short Seen;                                     // revents
    }

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
