namespace Keepalived.Es.Domain.Events;

/// <summary>A hook's program was started.</summary>
/// <param name="Hook">The keyword and its owner, such as <c>notify_master VRRP1</c>.</param>
/// <param name="Run">Number of the run on this node since its start; joins start and end.</param>
[EventAlias("hook_started")]
public sealed record HookStarted(string Node, string Hook, long Run, IReadOnlyList<string> Command) : IHookEvent;

/// <summary>It ended.</summary>
/// <param name="ExitCode">Null if it did not exit by itself.</param>
/// <param name="Signal">The signal that ended it; null if none did.</param>
/// <param name="Error">Why it could not be started; null if it was.</param>
/// <param name="OutputTail">The last 4 KiB of what it printed.</param>
[EventAlias("hook_finished")]
public sealed record HookFinished(
    string Node, string Hook, long Run, int? ExitCode, int? Signal, string? Error, TimeSpan Duration, string OutputTail) : IHookEvent;
