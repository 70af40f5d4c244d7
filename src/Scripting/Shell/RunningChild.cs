using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>How far a program has been asked to end.</summary>
internal enum EndStage : byte
{
    None,

    /// <summary>SIGTERM was sent, SIGKILL comes at the deadline.</summary>
    Terminated,

    /// <summary>SIGKILL was sent, and is again at the deadline.</summary>
    Killed,
}

/// <summary>One started program, as the reactor sees it. Every member is used under the reactor's lock only, but for <see cref="End"/>.</summary>
internal sealed class RunningChild(int id, ShellRequest request, TimeSpan started)
{
    /// <summary>Never used again, unlike a process id or a descriptor.</summary>
    internal long Serial { get; set; }

    internal int Id { get; } = id;

    internal ShellRequest Request { get; } = request;

    internal TimeSpan Started { get; } = started;

    internal TaskCompletionSource<ShellOutcome> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>pidfd_open(2); -1 once the end has been seen.</summary>
    internal int Descriptor { get; set; } = -1;

    /// <summary>Our end of its output's pipe; -1: none or closed.</summary>
    internal int Output { get; set; } = -1;

    internal OutputTail? Tail { get; set; }

    /// <summary>When the next signal is due; <see cref="TimeSpan.MaxValue"/>: never.</summary>
    internal TimeSpan Deadline { get; set; } = TimeSpan.MaxValue;

    internal EndStage Stage { get; set; }

    internal bool TimedOut { get; set; }

    /// <summary>It has ended. Until it is also reaped, its id and its group's cannot become another's.</summary>
    internal bool Ended { get; set; }

    internal bool Reaped { get; set; }

    /// <summary>To the whole process group, unless the id may be another's by now.</summary>
    internal void Signal(int signal)
    {
        if (!Reaped)
        {
            _ = LibC.kill(-Id, signal);
        }
    }
}
