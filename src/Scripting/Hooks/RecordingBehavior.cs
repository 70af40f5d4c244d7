using Keepalived.Es.Domain.Events;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Records the start and the end of every run; turns an exception of a handler into an outcome, so that one hook's trouble never reaches another.</summary>
public sealed class RecordingBehavior<TRun>(IHookJournal journal, Action<HookRun, HookOutcome> report) : IPipelineBehavior<TRun, HookOutcome>
    where TRun : HookRun
{
    public async Task<HookOutcome> Handle(TRun request, CancellationToken cancellationToken, RequestHandlerDelegate<HookOutcome> next)
    {
        if (request.IsRehearsal)
        {
            return await next().ConfigureAwait(false);
        }

        Task recording = RecordStartAsync(request);              // before the hook waits for the same moment, and so before it is called
        HookOutcome outcome;
        try
        {
            outcome = await next().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (recording.IsCanceled)
        {
            throw;
        }
        catch (Exception e)                                      // the hook's border
        {
            outcome = new HookOutcome(null, null, e.Message, null, TimeSpan.Zero, "");
        }

        report(request, outcome);
        journal.Record(
            new HookFinished(
                journal.Node, request.Hook, request.Run, outcome.ExitCode, outcome.Signal, outcome.Error, outcome.Duration, outcome.Output, outcome.Limit, outcome.Result),
            request.Transition);
        return outcome;
    }

    private async Task RecordStartAsync(TRun request)
    {
        await request.Moment.ConfigureAwait(false);
        journal.Record(
            new HookStarted(journal.Node, request.Hook, request.Run, request.Script.Command, request.Function, request.Context, request.Attempt > 1 ? request.Attempt : null),
            request.Transition);
    }
}
