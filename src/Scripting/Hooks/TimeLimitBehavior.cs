using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Ends a run that does not end by itself: its handler is told at the limit, and given up soon after, should it not heed.</summary>
public sealed class TimeLimitBehavior<TRun>(TimeProvider time) : IPipelineBehavior<TRun, HookOutcome>
    where TRun : HookRun
{
    /// <summary>A program is asked to end at its limit and made to end two seconds later; it may then take the kernel a moment.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public async Task<HookOutcome> Handle(TRun request, CancellationToken cancellationToken, RequestHandlerDelegate<HookOutcome> next)
    {
        long started = time.GetTimestamp();
        Task<HookOutcome> run = next();
        try
        {
            return await run.WaitAsync(request.TimeLimit + Grace, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!run.IsCompleted)
        {
            return new HookOutcome(null, null, "it does not end, though it was killed: it is given up", "time limit", time.GetElapsedTime(started), "");
        }
    }
}
