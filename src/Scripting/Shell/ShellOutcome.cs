namespace Keepalived.Es.Scripting.Shell;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">
/// 0 to 255; null if a signal ended it or it could not be started. A shell reports a command of its own that a signal ended as 128 and the
/// signal: that is an exit code.
/// </param>
/// <param name="Signal">The signal that ended it; null if none did.</param>
/// <param name="TimedOut">It ran into <see cref="ShellRequest.TimeLimit"/>, however it ended after that.</param>
/// <param name="Error">Why it could not be started; null if it was.</param>
/// <param name="Duration">From start to end.</param>
/// <param name="OutputTail">
/// The last <see cref="ShellRequest.OutputLimit"/> characters of what it printed, or the first with <see cref="ShellRequest.KeepsBeginning"/>; bytes
/// that are no UTF-8 as U+FFFD.
/// </param>
public sealed record ShellOutcome(int? ExitCode, int? Signal, bool TimedOut, string? Error, TimeSpan Duration, string OutputTail);
