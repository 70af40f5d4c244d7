using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>The end of an exchange with a worker.</summary>
/// <param name="Message">What it said; null: it is dead.</param>
/// <param name="Limit">Why it is dead, one of <see cref="Limits"/>; null: no limit is to blame.</param>
/// <param name="Error">The same in words.</param>
/// <param name="Duration">Since its time began.</param>
internal sealed record WorkerReply(JsonObject? Message, string? Limit, string? Error, TimeSpan Duration)
{
    private const string StackOverflow = "Stack overflow";
    private const string OutOfMemory = "Out of memory";
    private const string OutOfMemoryType = "OutOfMemoryException";

    /// <param name="overrun">What it was killed for, if it was.</param>
    /// <param name="end">How it ended.</param>
    /// <param name="broken">Why it could not be understood, if that is so.</param>
    internal static WorkerReply Of(Overrun overrun, WorkerEnd end, string? broken, HookLimits limits, TimeSpan wallClock)
    {
        string? limit = overrun.Limit ?? (end.ErrorHead.Contains(StackOverflow, StringComparison.Ordinal) ? Limits.Recursion
            : end.ErrorHead.Contains(OutOfMemory, StringComparison.Ordinal) || end.ErrorHead.Contains(OutOfMemoryType, StringComparison.Ordinal) ? Limits.Heap
            : null);
        string error = limit switch
        {
            Limits.WallClock => $"it took longer than {wallClock.TotalSeconds:0.###} s",
            Limits.CpuTime => $"it used more than {limits.CpuTime.TotalSeconds:0.###} s of processor time",
            Limits.Recursion => $"calls, getters or conversions go deeper than a stack of {limits.StackBytes} bytes",
            Limits.Heap => $"it used more than {limits.HeapBytes} bytes of memory",
            Limits.Output => $"it logged more than {limits.OutputCharacters} characters",
            Limits.HostCalls => $"it made more than {limits.HostCalls} host calls",
            _ => $"the worker ended with exit code {end.ExitCode}{(broken is null ? "" : $" ({broken})")}: {end.ErrorHead.Trim()}",
        };
        return new WorkerReply(null, limit, error, overrun.Elapsed);
    }
}
