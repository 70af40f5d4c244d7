using System.ComponentModel;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>
/// The one thread that waits for all started programs: for their ends by pidfd_open(2), for their output and for their deadlines, in one
/// epoll(7). It starts none and runs no continuation.
/// </summary>
internal sealed unsafe partial class ScriptReactor : IDisposable
{
    /// <summary>Programs that have ended and whose output others still hold, at most; the pipe of a further one is closed, which ends who prints.</summary>
    internal const int MaximumLeftovers = 256;

    /// <summary>Read at most from one pipe before the others have their turn: what a pipe holds.</summary>
    private const int BufferBytes = 64 * 1024;

    /// <summary>Read at most, once a program has ended, of what others still print.</summary>
    private const int LastReads = 4;

    private const int MaximumEvents = 64;
    private const int StackBytes = 256 * 1024;
    private const ulong WakeToken = ulong.MaxValue;

    /// <summary>How long the end of killed programs is waited for at the end of all.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, RunningChild> _children = [];
    private readonly SortedSet<(TimeSpan At, long Serial)> _deadlines = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly Thread _thread;
    private TimeSpan _waitsUntil = TimeSpan.MaxValue;
    private TimeSpan _stopAt = TimeSpan.MaxValue;
    private long _lastSerial;
    private int _running;
    private int _leftovers;
    private bool _stopping;

    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    internal ScriptReactor(TimeProvider time)
    {
        (_time, _origin) = (time, time.GetTimestamp());
        _epoll = Checked(LibC.epoll_create1(LibC.EPOLL_CLOEXEC));
        _wake = Checked(LibC.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC));
        _ = Watch(_wake, WakeToken);
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "scripts" };
        _thread.Start();
    }

    /// <summary>Since the reactor was made; never set back.</summary>
    internal TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Takes over a started program. It is killed and reaped when that cannot be.</summary>
    /// <param name="output">Our end of its output's pipe, not blocking; -1: none.</param>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    /// <exception cref="ObjectDisposedException">The reactor has ended.</exception>
    internal void Add(RunningChild child, int output)
    {
        int descriptor = LibC.pidfd_open(child.Id);
        int error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        lock (_lock)                                             // no event is handled meanwhile
        {
            child.Serial = ++_lastSerial;
            error = error != 0 ? error : Watch(descriptor, Token(child, isOutput: false));
            error = error != 0 || output < 0 ? error : Watch(output, Token(child, isOutput: true));
            if (error != 0 || _stopping)
            {
                Refuse(child, descriptor, output);
                ObjectDisposedException.ThrowIf(_stopping, this);
                throw new Win32Exception(error, $"cannot be waited for: {new Win32Exception(error).Message}");
            }

            (child.Descriptor, child.Output) = (descriptor, output);
            child.Tail = output >= 0 ? new OutputTail(child.Request.OutputLimit, child.Request.KeepsBeginning) : null;
            _children.Add(child.Serial, child);
            _running++;
            if (child.Request.TimeLimit is { } limit)
            {
                SetDeadline(child, limit < TimeSpan.MaxValue - child.Started ? child.Started + limit : TimeSpan.MaxValue);
            }
        }
    }

    /// <summary>SIGTERM to the group and SIGKILL after <paramref name="terminateFirst"/>; zero: SIGKILL at once.</summary>
    internal void Cancel(RunningChild child, TimeSpan terminateFirst)
    {
        lock (_lock)
        {
            if (child.Reaped || child.Stage == EndStage.Killed)
            {
                return;
            }

            if (terminateFirst <= TimeSpan.Zero)
            {
                Kill(child);
                return;
            }

            child.Signal(LibC.SIGTERM);
            child.Stage = EndStage.Terminated;
            TimeSpan due = Now + terminateFirst;
            SetDeadline(child, due < child.Deadline || child.Deadline == TimeSpan.MaxValue ? due : child.Deadline);
        }
    }

    /// <summary>The end of what it has printed so far.</summary>
    internal string TailOf(RunningChild child)
    {
        lock (_lock)
        {
            return child.Tail?.ToString() ?? "";
        }
    }

    /// <summary>Kills all, waits for their ends for some seconds, and closes the pipes of what they left running.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            _stopAt = Now + StopLimit;
            foreach (RunningChild child in _children.Values)
            {
                Kill(child);
            }
        }

        Wake();
        _thread.Join();
        _ = LibC.close(_wake);
        _ = LibC.close(_epoll);
    }

    private static ulong Token(RunningChild child, bool isOutput) => ((ulong)child.Serial << 1) | (isOutput ? 1UL : 0);

    private static int Checked(int descriptor) => descriptor >= 0 ? descriptor : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>A program that nobody would wait for.</summary>
    private static void Refuse(RunningChild child, int descriptor, int output)
    {
        child.Signal(LibC.SIGKILL);
        _ = WaitStatus.Read(child.Id, reap: true);
        child.Reaped = true;
        Close(descriptor);
        Close(output);
    }

    private static void Close(int descriptor)
    {
        if (descriptor >= 0)
        {
            _ = LibC.close(descriptor);
        }
    }

    /// <returns>0, or an error number.</returns>
    private int Watch(int descriptor, ulong token)
    {
        var change = new LibC.EpollEvent { Events = LibC.EPOLLIN, Token = token };
        return LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_ADD, descriptor, &change) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>A child between fork and exec may hold a copy of the descriptor, so that closing alone would not end the watch.</summary>
    private void Unwatch(int descriptor)
    {
        var unused = default(LibC.EpollEvent);
        _ = LibC.epoll_ctl(_epoll, LibC.EPOLL_CTL_DEL, descriptor, &unused);
        _ = LibC.close(descriptor);
    }

    private void Wake()
    {
        ulong one = 1;
        _ = LibC.write(_wake, &one, sizeof(ulong));
    }

    private void SetDeadline(RunningChild child, TimeSpan at)
    {
        if (child.Deadline != TimeSpan.MaxValue)
        {
            _deadlines.Remove((child.Deadline, child.Serial));
        }

        child.Deadline = at;
        if (at != TimeSpan.MaxValue)
        {
            _deadlines.Add((at, child.Serial));
        }

        if (at < _waitsUntil)
        {
            _waitsUntil = at;                                    // once is enough
            Wake();
        }
    }
}
