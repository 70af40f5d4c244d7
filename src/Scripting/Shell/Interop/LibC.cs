using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>The C library, under its own names, as far as starting programs needs it: spawn.h, unistd.h, sys/wait.h.</summary>
internal static unsafe partial class LibC
{
    internal const int ENOENT = 2;
    internal const int EINTR = 4;
    internal const int ENOEXEC = 8;
    internal const int EAGAIN = 11;
    internal const int EEXIST = 17;
    internal const int ERANGE = 34;
    internal const int ELOOP = 40;
    internal const int SIGKILL = 9;
    internal const int SIGTERM = 15;

    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_CLOEXEC = 0x80000;

    internal const short POSIX_SPAWN_SETPGROUP = 0x02;
    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;

    /// <summary>Bytes of <c>posix_spawnattr_t</c> (336) and <c>posix_spawn_file_actions_t</c> (80) on x86-64, and some to spare.</summary>
    internal const int SpawnStructBytes = 512;

    /// <summary>Bytes of <c>sigset_t</c>.</summary>
    internal const int SignalSetBytes = 128;

    internal const int F_SETFL = 4;

    internal const int P_PID = 1;
    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;

    private static readonly nint ChangeDirectory = Export("posix_spawn_file_actions_addchdir_np");
    private static readonly nint CloseFrom = Export("posix_spawn_file_actions_addclosefrom_np");

    [LibraryImport("libc")]
    internal static partial int posix_spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(void* attributes);

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
    internal static partial int posix_spawn_file_actions_adddup2(void* fileActions, int descriptor, int newDescriptor);

    /// <summary>Since glibc 2.29; before it the program starts in the daemon's own directory.</summary>
    internal static int posix_spawn_file_actions_addchdir_np(void* fileActions, byte* path) =>
        ChangeDirectory != 0 ? ((delegate* unmanaged<void*, byte*, int>)ChangeDirectory)(fileActions, path) : 0;

    /// <summary>Since glibc 2.34; before it only the descriptors that close by themselves are closed, which all of ours do.</summary>
    internal static int posix_spawn_file_actions_addclosefrom_np(void* fileActions, int from) =>
        CloseFrom != 0 ? ((delegate* unmanaged<void*, int, int>)CloseFrom)(fileActions, from) : 0;

    private static nint Export(string name) =>
        NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), name, out nint function) ? function : 0;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitid(int idType, int id, byte* siginfo, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);
}
