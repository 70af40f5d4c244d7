using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Scripting.Shell;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>One run of a tracked script.</summary>
/// <param name="Name">Name of the <c>vrrp_script</c>.</param>
/// <param name="Script">Its command.</param>
/// <param name="TimeLimit"><c>timeout</c>.</param>
public abstract record TrackRun(string Name, HookScript Script, TimeSpan TimeLimit) : IRequest<TrackResult>
{
    /// <summary>The request for a script: by its path a program, a function in JavaScript, or a file that must be readable.</summary>
    public static TrackRun Of(string name, HookScript script, TimeSpan timeLimit)
    {
        ArgumentNullException.ThrowIfNull(script);
        return script.Command[0] is ['<' or '>', ..] ? new FileTrackRun(name, script, timeLimit)
            : script.IsJavaScript ? new JavaScriptTrackRun(name, script, timeLimit)
            : new ShellTrackRun(name, script, timeLimit);
    }
}

/// <summary>A program: exit code 0 is success. Keep the object for all runs: what is made of the command is kept with it.</summary>
public sealed record ShellTrackRun(string Name, HookScript Script, TimeSpan TimeLimit) : TrackRun(Name, Script, TimeLimit)
{
    /// <summary>Characters of output that are kept: enough to say why, for a thing that runs every second.</summary>
    private const int OutputLimit = 512;

    internal ShellRequest Program { get; } = new(Script.Command) { User = Script.User, Group = Script.Group, TimeLimit = TimeLimit, OutputLimit = OutputLimit };
}

/// <summary>The function <c>track</c> of a file in JavaScript.</summary>
public sealed record JavaScriptTrackRun(string Name, HookScript Script, TimeSpan TimeLimit) : TrackRun(Name, Script, TimeLimit);

/// <summary><c>&lt;/path</c>: success when the file can be opened for reading; <c>&gt;/path</c>: for writing.</summary>
public sealed record FileTrackRun(string Name, HookScript Script, TimeSpan TimeLimit) : TrackRun(Name, Script, TimeLimit);

/// <summary>What a run of a tracked script gave.</summary>
/// <param name="ExitCode">Null if it did not exit by itself.</param>
/// <param name="Signal">The signal that ended it; null if none did.</param>
/// <param name="Weight">A weight that a function in JavaScript wants instead of the configured one; null: the configured one.</param>
/// <param name="Detail">An error, or the note of a function in JavaScript; null: none.</param>
/// <param name="Output">The last of what it printed.</param>
public sealed record TrackResult(
    TrackResultKind Kind, int? ExitCode, int? Signal, TimeSpan Duration, string? Detail = null, string Output = "", int? Weight = null);
