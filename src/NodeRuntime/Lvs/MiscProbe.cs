using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.Scripting.Hooks;
using MediatR;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary><c>MISC_CHECK</c>: a program, or the function <c>track</c> of a file in JavaScript.</summary>
internal sealed class MiscProbe : IProbe
{
    /// <summary>With <c>misc_dynamic</c> an exit code from here on is a success and a weight, plus this.</summary>
    private const int FirstWeightCode = 2;

    private readonly MiscCheckSettings _settings;
    private readonly IMediator _mediator;
    private readonly TrackRun _run;

    internal MiscProbe(MiscCheckSettings settings, IMediator mediator, Notifications notifications)
    {
        (_settings, _mediator) = (settings, mediator);
        _run = TrackRun.Of(settings.Script.Command[0], notifications.Script("track", settings.Script), settings.Timeout);
    }

    public async ValueTask<ProbeResult> RunAsync(int step, CancellationToken cancellationToken)
    {
        try
        {
            return ResultOf(await _mediator.Send(_run, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is not OperationCanceledException)   // the handler's border: a check that breaks has failed
        {
            return ProbeResult.Failure(e.Message);
        }
    }

    public void Dispose()
    {
    }

    private ProbeResult ResultOf(TrackResult result) => result switch
    {
        { Kind: TrackResultKind.Succeeded, Weight: { } weight } => new ProbeResult(ProbeVerdict.Succeeded, result.Detail ?? "succeeded", Math.Clamp(weight, 0, ushort.MaxValue)),
        { Kind: TrackResultKind.Succeeded } => ProbeResult.Success(result.Detail ?? "succeeded"),
        { Kind: TrackResultKind.Failed, ExitCode: >= FirstWeightCode and var code } when _settings.Dynamic =>
            new ProbeResult(ProbeVerdict.Succeeded, $"exit code {code}", code - FirstWeightCode),
        { Kind: TrackResultKind.TimedOut } => ProbeResult.Failure($"timed out after {_settings.Timeout.TotalSeconds:0.###} s"),
        { Signal: { } signal } => ProbeResult.Failure($"ended by signal {signal}"),
        { ExitCode: { } exit } => ProbeResult.Failure($"exit code {exit}"),
        _ => ProbeResult.Failure(result.Detail ?? "failed"),
    };
}
