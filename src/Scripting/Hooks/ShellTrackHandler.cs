using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Scripting.Shell;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Runs a tracked script that is a program.</summary>
public sealed class ShellTrackHandler(ScriptRunner runner) : IRequestHandler<ShellTrackRun, TrackResult>
{
    public async Task<TrackResult> Handle(ShellTrackRun request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ShellOutcome outcome = await runner.RunAsync(request.Program, cancellationToken).ConfigureAwait(false);
        return new TrackResult(KindOf(outcome), outcome.ExitCode, outcome.Signal, outcome.Duration, outcome.Error, outcome.OutputTail);
    }

    private static TrackResultKind KindOf(ShellOutcome outcome) => outcome switch
    {
        { Error: not null } => TrackResultKind.NotStarted,
        { TimedOut: true } => TrackResultKind.TimedOut,
        { ExitCode: 0 } => TrackResultKind.Succeeded,
        { Signal: not null } => TrackResultKind.Signalled,
        _ => TrackResultKind.Failed,
    };
}
