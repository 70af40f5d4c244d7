using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>
/// A program in a process group of its own, with empty input and its output in a pipe. Started with posix_spawn(3) and not by the runtime,
/// which knows no process groups and reports a signal as if it were an exit code.
/// </summary>
internal sealed unsafe class ChildProcess
{
    /// <summary>The first descriptor that a program does not get.</summary>
    private const int FirstOfOurs = 3;

    private const int PollMs = 50;
    private const int BufferBytes = 4096;
    private const int SignalInfoBytes = 128;

    /// <summary>Read at most, once the program has ended, of what others still print.</summary>
    private const int LastReads = 32;

    private readonly int _id;
    private readonly int _output;
    private readonly Lock _lock = new();
    private bool _reaped;

    private ChildProcess(int id, int output) => (_id, _output) = (id, output);

    /// <param name="path">The file to execute.</param>
    /// <param name="arguments">With the name first.</param>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    internal static ChildProcess Start(string path, IReadOnlyList<string> arguments)
    {
        using var file = new CStrings([path, "/dev/null", "/"]);
        using var argv = new CStrings(arguments);
        IEnumerable<DictionaryEntry> variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>();
        using var environment = new CStrings([.. variables.Select(pair => $"{pair.Key}={pair.Value}")]);
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        int id;
        int error = Spawn(&id, file, argv, environment, ends[1]);
        _ = LibC.close(ends[1]);
        if (error != 0)
        {
            _ = LibC.close(ends[0]);
            throw new Win32Exception(error);
        }

        return new ChildProcess(id, ends[0]);
    }

    /// <summary>Waits for the end of the program itself; what it has left running does not count. Reads its output meanwhile.</summary>
    /// <returns>Exit code or signal.</returns>
    internal (int? ExitCode, int? Signal) WaitForEnd(OutputTail output)
    {
        bool open = true;
        while (open && !HasEnded(LibC.WNOHANG))
        {
            open = ReadOnce(output, PollMs) ?? true;
        }

        _ = HasEnded(0);
        for (int i = 0; open && i < LastReads && ReadOnce(output, 0) is { } more; i++)
        {
            open = more;
        }

        return Reap();
    }

    /// <summary>Reads and throws away what others that it left running print, until they end: a closed pipe would end them.</summary>
    internal void Drain()
    {
        var nothing = new OutputTail(1);
        while (ReadOnce(nothing, -1) is not false)
        {
            // More may come.
        }

        _ = LibC.close(_output);
    }

    /// <summary>SIGKILL to the whole process group, unless the program has ended.</summary>
    internal void Kill()
    {
        lock (_lock)
        {
            if (!_reaped)
            {
                _ = LibC.kill(-_id, LibC.SIGKILL);
            }
        }
    }

    private static int Spawn(int* id, CStrings file, CStrings arguments, CStrings environment, int output)
    {
        byte* attributes = stackalloc byte[LibC.SpawnStructBytes];
        byte* actions = stackalloc byte[LibC.SpawnStructBytes];
        byte* signals = stackalloc byte[LibC.SignalSetBytes];
        _ = LibC.posix_spawnattr_init(attributes);
        _ = LibC.posix_spawnattr_setflags(attributes, LibC.POSIX_SPAWN_SETPGROUP | LibC.POSIX_SPAWN_SETSIGDEF | LibC.POSIX_SPAWN_SETSIGMASK);
        _ = LibC.posix_spawnattr_setpgroup(attributes, 0);
        new Span<byte>(signals, LibC.SignalSetBytes).Clear();
        _ = LibC.posix_spawnattr_setsigmask(attributes, signals);
        new Span<byte>(signals, LibC.SignalSetBytes).Fill(0xFF);
        _ = LibC.posix_spawnattr_setsigdefault(attributes, signals);
        _ = LibC.posix_spawn_file_actions_init(actions);
        try
        {
            int error = LibC.posix_spawn_file_actions_addopen(actions, 0, file.Pointer[1], LibC.O_RDONLY, 0);
            error = error != 0 ? error : LibC.posix_spawn_file_actions_adddup2(actions, output, 1);
            error = error != 0 ? error : LibC.posix_spawn_file_actions_adddup2(actions, output, 2);
            error = error != 0 ? error : LibC.posix_spawn_file_actions_addchdir_np(actions, file.Pointer[2]);
            error = error != 0 ? error : LibC.posix_spawn_file_actions_addclosefrom_np(actions, FirstOfOurs);
            return error != 0 ? error : LibC.posix_spawn(id, file.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer);
        }
        finally
        {
            _ = LibC.posix_spawn_file_actions_destroy(actions);
            _ = LibC.posix_spawnattr_destroy(attributes);
        }
    }

    /// <returns>True: something was read. False: the end, all who could print have gone. Null: nothing came in time.</returns>
    private bool? ReadOnce(OutputTail output, int timeoutMs)
    {
        var wanted = new LibC.PollDescriptor { Descriptor = _output, Wanted = LibC.POLLIN };
        int ready = LibC.poll(&wanted, 1, timeoutMs);
        if (ready <= 0)
        {
            return null;
        }

        byte* buffer = stackalloc byte[BufferBytes];
        nint count = LibC.read(_output, buffer, BufferBytes);
        if (count > 0)
        {
            output.Add(new ReadOnlySpan<byte>(buffer, (int)count));
            return true;
        }

        return count < 0 && Marshal.GetLastPInvokeError() == LibC.EINTR ? null : false;
    }

    /// <summary>Looks, or waits, for the end without reaping: until then the id cannot become another's.</summary>
    private bool HasEnded(int options)
    {
        const int SignalNumberOffset = 0;
        byte* info = stackalloc byte[SignalInfoBytes];
        int result;
        do
        {
            new Span<byte>(info, SignalInfoBytes).Clear();
            result = LibC.waitid(LibC.P_PID, _id, info, LibC.WEXITED | LibC.WNOWAIT | options);
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == LibC.EINTR);
        return result != 0 || *(int*)(info + SignalNumberOffset) != 0;
    }

    private (int? ExitCode, int? Signal) Reap()
    {
        const int SignalMask = 0x7F;
        int status;
        lock (_lock)
        {
            _reaped = true;
            _ = LibC.waitpid(_id, &status, 0);
        }

        int signal = status & SignalMask;
        return signal == 0 ? ((status >> 8) & 0xFF, null) : (null, signal);
    }
}
