using System.ComponentModel;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>The thread's own part: wait, read, report ends, send what is due.</summary>
internal sealed unsafe partial class ScriptReactor
{
    /// <summary>Between SIGTERM at the time limit and SIGKILL.</summary>
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(2);

    /// <summary>Between one SIGKILL and the next: a program may hang in the kernel.</summary>
    private static readonly TimeSpan KillAgainAfter = TimeSpan.FromSeconds(10);

    private void Run()
    {
        LibC.EpollEvent* events = stackalloc LibC.EpollEvent[MaximumEvents];
        while (NextWait() is { } timeoutMs)
        {
            int count = LibC.epoll_wait(_epoll, events, MaximumEvents, timeoutMs);
            if (count < 0 && Marshal.GetLastPInvokeError() is var error and not LibC.EINTR)
            {
                throw new Win32Exception(error, $"epoll_wait: {new Win32Exception(error).Message}");
            }

            for (int i = 0; i < count; i++)
            {
                lock (_lock)
                {
                    Handle(events[i].Token);
                }
            }

            lock (_lock)
            {
                Expire();
            }
        }
    }

    /// <returns>Milliseconds, -1: no limit; null: all is over.</returns>
    private int? NextWait()
    {
        lock (_lock)
        {
            if (_stopping && (_running == 0 || Now >= _stopAt))
            {
                Abandon();
                return null;
            }

            TimeSpan due = _deadlines.Count > 0 ? _deadlines.Min.At : TimeSpan.MaxValue;
            _waitsUntil = due < _stopAt ? due : _stopAt;
            return _waitsUntil == TimeSpan.MaxValue ? -1
                : (int)Math.Clamp(Math.Ceiling((_waitsUntil - Now).TotalMilliseconds), 0, int.MaxValue);
        }
    }

    private void Handle(ulong token)
    {
        if (token == WakeToken)
        {
            ulong count;
            _ = LibC.read(_wake, (byte*)&count, sizeof(ulong));
        }
        else if (_children.TryGetValue((long)(token >> 1), out RunningChild? child))
        {
            if ((token & 1) == 0)
            {
                OnEnd(child);
            }
            else if (child.Output >= 0)
            {
                OnOutput(child);
            }
        }
    }

    private void OnOutput(RunningChild child)
    {
        if (ReadOnce(child) == Reading.End)
        {
            CloseOutput(child);
        }
    }

    /// <summary>
    /// The program itself has ended. After a SIGTERM of ours it stays unreaped until SIGKILL is due: its children have that time, and meanwhile
    /// the group's number cannot become another's.
    /// </summary>
    private void OnEnd(RunningChild child)
    {
        if (child.Ended)
        {
            return;
        }

        bool reap = child.Stage != EndStage.Terminated;
        WaitStatus status = WaitStatus.Read(child.Id, reap);
        Unwatch(child.Descriptor);
        (child.Descriptor, child.Ended, child.Reaped) = (-1, true, reap);
        _running--;
        ReadRest(child);
        string tail = child.Tail?.ToString() ?? "";
        child.Tail = null;
        child.End.TrySetResult(new ShellOutcome(status.ExitCode, status.Signal, child.TimedOut, null, Now - child.Started, tail));
        if (child.Output >= 0 && ++_leftovers > MaximumLeftovers)
        {
            CloseOutput(child);
        }

        if (reap)
        {
            SetDeadline(child, TimeSpan.MaxValue);
        }

        Forget(child);
    }

    private void ReadRest(RunningChild child)
    {
        for (int i = 0; i < LastReads && child.Output >= 0; i++)
        {
            switch (ReadOnce(child))
            {
                case Reading.Nothing:
                    return;
                case Reading.End:
                    Unwatch(child.Output);
                    child.Output = -1;
                    return;
                default:
                    continue;
            }
        }
    }

    private void CloseOutput(RunningChild child)
    {
        Unwatch(child.Output);
        child.Output = -1;
        if (child.Ended)
        {
            _leftovers--;
        }

        Forget(child);
    }

    private void Forget(RunningChild child)
    {
        if (child.Ended && child.Reaped && child.Output < 0)
        {
            _children.Remove(child.Serial);
        }
    }

    private Reading ReadOnce(RunningChild child)
    {
        fixed (byte* buffer = _buffer)
        {
            nint count = LibC.read(child.Output, buffer, BufferBytes);
            if (count > 0)
            {
                child.Tail?.Add(new ReadOnlySpan<byte>(buffer, (int)count));
                return Reading.Some;
            }

            return count < 0 && Marshal.GetLastPInvokeError() is LibC.EAGAIN or LibC.EINTR ? Reading.Nothing : Reading.End;
        }
    }

    private void Expire()
    {
        TimeSpan now = Now;
        while (_deadlines.Count > 0 && _deadlines.Min is var next && next.At <= now)
        {
            RunningChild child = _children[next.Serial];
            if (child.Stage == EndStage.None)
            {
                child.TimedOut = true;
                child.Signal(LibC.SIGTERM);
                child.Stage = EndStage.Terminated;
                SetDeadline(child, now + KillAfter);
            }
            else
            {
                Kill(child);
            }
        }
    }

    private void Kill(RunningChild child)
    {
        child.Signal(LibC.SIGKILL);
        child.Stage = EndStage.Killed;
        if (!child.Ended)
        {
            SetDeadline(child, Now + KillAgainAfter);
            return;
        }

        if (!child.Reaped)
        {
            _ = WaitStatus.Read(child.Id, reap: true);
            child.Reaped = true;
            SetDeadline(child, TimeSpan.MaxValue);
            Forget(child);
        }
    }

    /// <summary>At the end of all: nobody waits for what is left.</summary>
    private void Abandon()
    {
        foreach (RunningChild child in _children.Values)
        {
            Close(child.Descriptor);
            Close(child.Output);
            string error = $"{child.Request.Command[0]}: did not end within {StopLimit.TotalSeconds:0} s of SIGKILL";
            child.End.TrySetResult(new ShellOutcome(null, null, child.TimedOut, error, Now - child.Started, child.Tail?.ToString() ?? ""));
        }

        _children.Clear();
    }

    private enum Reading : byte
    {
        Some,
        Nothing,
        End,
    }
}
