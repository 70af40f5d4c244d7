using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>
/// posix_spawn(3) of a program in a process group of its own, with every signal as the kernel starts with and no descriptor but 0, 1 and 2.
/// Not the runtime's Process, which knows no process groups and reports a signal as if it were an exit code.
/// </summary>
internal static unsafe class Spawn
{
    /// <summary>The first descriptor that a program does not get.</summary>
    private const int FirstOfOurs = 3;

    private static readonly byte[] Attributes = MakeAttributes();

    /// <param name="id">The process id; undefined after an error.</param>
    /// <param name="file">The path to execute and the working directory.</param>
    /// <param name="arguments">With the name first.</param>
    /// <returns>0, or an error number.</returns>
    internal static int Run(out int id, CStrings file, CStrings arguments, CStrings environment, StandardDescriptors standard)
    {
        byte* actions = stackalloc byte[LibC.SpawnStructBytes];
        _ = LibC.posix_spawn_file_actions_init(actions);
        int started = 0;
        int error = LibC.posix_spawn_file_actions_adddup2(actions, standard.Input, 0);
        error = error != 0 ? error : LibC.posix_spawn_file_actions_adddup2(actions, standard.Output, 1);
        error = error != 0 ? error : LibC.posix_spawn_file_actions_adddup2(actions, standard.Error, 2);
        error = error != 0 ? error : LibC.posix_spawn_file_actions_addchdir_np(actions, file.Pointer[1]);
        error = error != 0 ? error : LibC.posix_spawn_file_actions_addclosefrom_np(actions, FirstOfOurs);
        fixed (byte* attributes = Attributes)
        {
            error = error != 0 ? error : LibC.posix_spawn(&started, file.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer);
        }

        _ = LibC.posix_spawn_file_actions_destroy(actions);
        GC.KeepAlive(file);
        GC.KeepAlive(arguments);
        GC.KeepAlive(environment);
        id = started;
        return error;
    }

    /// <summary>They hold no memory of their own and may be used by many threads at once.</summary>
    private static byte[] MakeAttributes()
    {
        byte[] made = new byte[LibC.SpawnStructBytes];
        byte* signals = stackalloc byte[LibC.SignalSetBytes];
        fixed (byte* attributes = made)
        {
            _ = LibC.posix_spawnattr_init(attributes);
            _ = LibC.posix_spawnattr_setflags(
                attributes, LibC.POSIX_SPAWN_SETPGROUP | LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK);
            _ = LibC.posix_spawnattr_setpgroup(attributes, 0);
            new Span<byte>(signals, LibC.SignalSetBytes).Clear();
            _ = LibC.posix_spawnattr_setsigmask(attributes, signals);
            new Span<byte>(signals, LibC.SignalSetBytes).Fill(0xFF);
            _ = LibC.posix_spawnattr_setsigdefault(attributes, signals);
        }

        return made;
    }
}
