using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>How a hook ended.</summary>
/// <param name="ExitCode">0 to 255; null if it did not exit by itself.</param>
/// <param name="Signal">The signal that ended it; null if none did.</param>
/// <param name="Error">Why it could not be started, or the error of a hook in JavaScript; null if there was none.</param>
/// <param name="Limit">The limit that it overran, such as <c>time limit</c> or <c>heap</c>; null: none.</param>
/// <param name="Duration">From start to end.</param>
/// <param name="Output">The last of what it printed or logged.</param>
/// <param name="Result">What a function in JavaScript returned, as JSON; null: nothing.</param>
public sealed record HookOutcome(int? ExitCode, int? Signal, string? Error, string? Limit, TimeSpan Duration, string Output, string? Result = null)
{
    public bool Succeeded => ExitCode == 0 && Error is null && Limit is null;
}

/// <summary>One run of a hook, whatever its language: what the pipeline's behaviours see.</summary>
public abstract record HookRun : IRequest<HookOutcome>
{
    /// <summary><see cref="TimeLimit"/> of a rehearsal.</summary>
    public static readonly TimeSpan RehearsalLimit = TimeSpan.FromSeconds(5);

    public required HookScript Script { get; init; }

    /// <summary>Keyword and owner, such as <c>notify_master VRRP1</c>.</summary>
    public required string Hook { get; init; }

    /// <summary>Instance or group whose transition it follows from; null: none.</summary>
    public string? Owner { get; init; }

    /// <summary>Number of the run on this node since its start.</summary>
    public required long Run { get; init; }

    /// <summary>It is ended when it takes longer.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>1 for the first, 2 for the first repetition.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Transition that it follows from; 0: none.</summary>
    public long Transition { get; init; }

    /// <summary>The hook is not called before this has completed; what can be made ready is made ready before. Cancelled: it is not called at all.</summary>
    public Task Moment { get; init; } = Task.CompletedTask;

    /// <summary>Goes the whole way, but runs nothing and leaves no trace: what the runtime compiles at first use is then there when it matters.</summary>
    public bool IsRehearsal { get; init; }

    /// <summary>The function to call, of a hook in JavaScript; otherwise null.</summary>
    public virtual string? Function => null;

    /// <summary>What the function is given, as JSON; otherwise null.</summary>
    public virtual string? Context => null;
}

/// <summary>A program.</summary>
public sealed record ShellHookRun : HookRun;

/// <summary>A function of a file in JavaScript.</summary>
public sealed record JavaScriptHookRun : HookRun
{
    /// <summary>A run that calls nothing of the file.</summary>
    public static JavaScriptHookRun Rehearsal(HookScript script, string contextJson) => new()
    {
        Script = script,
        Hook = "",
        Run = 0,
        TimeLimit = RehearsalLimit,
        IsRehearsal = true,
        CalledFunction = "",
        ContextJson = contextJson,
    };

    public required string CalledFunction { get; init; }

    public required string ContextJson { get; init; }

    public override string? Function => CalledFunction;

    public override string? Context => ContextJson;
}
