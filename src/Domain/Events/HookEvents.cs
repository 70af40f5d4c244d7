using Keepalived.Es.Domain.Tracking;

namespace Keepalived.Es.Domain.Events;

/// <summary>A hook was started.</summary>
/// <param name="Hook">The keyword and its owner, such as <c>notify_master VRRP1</c>.</param>
/// <param name="Run">Number of the run on this node since its start; joins start and end.</param>
/// <param name="Command">Program and arguments, as written.</param>
/// <param name="Function">Function of a hook in JavaScript; null: a program.</param>
/// <param name="Context">What the function was given, as JSON.</param>
/// <param name="Attempt">2 for the first repetition; null: the first attempt.</param>
[EventAlias("hook_started")]
public sealed record HookStarted(
    string Node, string Hook, long Run, IReadOnlyList<string> Command, string? Function = null, string? Context = null, int? Attempt = null) : IHookEvent;

/// <summary>It ended.</summary>
/// <param name="ExitCode">Null if it did not exit by itself.</param>
/// <param name="Signal">The signal that ended it; null if none did.</param>
/// <param name="Error">Why it could not be started, or the error of a function in JavaScript; null if there was none.</param>
/// <param name="OutputTail">The last 4 KiB of what it printed.</param>
/// <param name="Limit">The limit that it overran, such as <c>time limit</c> or <c>heap</c>; null: none.</param>
/// <param name="Result">What a function in JavaScript returned, as JSON; null: nothing.</param>
[EventAlias("hook_finished")]
public sealed record HookFinished(
    string Node, string Hook, long Run, int? ExitCode, int? Signal, string? Error, TimeSpan Duration, string OutputTail, string? Limit = null, string? Result = null)
    : IHookEvent;

/// <summary>A hook in JavaScript called a function of the daemon: with the answer all that a replay needs.</summary>
/// <param name="Number">1, 2, 3 … within the run.</param>
/// <param name="Function">Such as <c>mysql.exec</c>.</param>
/// <param name="Arguments">JSON array.</param>
/// <param name="Answer">JSON object with <c>ok</c>.</param>
[EventAlias("hook_host_called")]
public sealed record HookHostCalled(
    string Node, string Hook, long Run, int Number, string Function, string Arguments, string Answer, TimeSpan Duration) : IHookEvent;

/// <summary>A hook appended a fact of its own.</summary>
/// <param name="Type">Its name, <c>hook.</c> and more.</param>
/// <param name="Data">JSON.</param>
[EventAlias("hook_reported")]
public sealed record HookReported(string Node, string Hook, long Run, string Type, string Data) : IHookEvent;

/// <summary>A tracked script went up or down.</summary>
/// <param name="Hook"><c>vrrp_script</c> and its name.</param>
/// <param name="Result">The result that decided, after <c>rise</c> or <c>fall</c> of its kind.</param>
/// <param name="Detail">The error or the note that came with it; null: none.</param>
/// <param name="OutputTail">The last of what it printed.</param>
[EventAlias("track_script_changed")]
public sealed record TrackScriptChanged(
    string Node, string Hook, TrackStatus From, TrackStatus To, TrackResultKind Result, int? ExitCode, int? Signal, TimeSpan Duration, string? Detail, string OutputTail)
    : IHookEvent;

/// <summary>A run was due while the one before still ran, and was left out. Once for each run that overstays.</summary>
/// <param name="Running">How long the run before had run.</param>
[EventAlias("track_run_skipped")]
public sealed record TrackRunSkipped(string Node, string Hook, TimeSpan Running) : IHookEvent;
