using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>GET /v1/audit/…</c></summary>
internal static class AuditEndpoints
{
    private const int DefaultLimit = 1_000;
    private const int LargestLimit = 10_000;
    private static readonly TimeSpan DefaultStretch = TimeSpan.FromHours(1);

    internal static async Task<IResult> TimelineAsync(
        string? from, string? to, string? node, string? instance, int? limit, AuditReader audit, TimeProvider time, CancellationToken stop)
    {
        DateTimeOffset? end = to is null ? time.GetUtcNow() : QueryTime.Read(to);
        DateTimeOffset? start = from is null ? end - DefaultStretch : QueryTime.Read(from);
        if (start is not { } first || end is not { } last || first > last)
        {
            return Answer.Error(400, $"from '{from}', to '{to}': {QueryTime.Form}, and from is before to");
        }

        if (limit is < 1 or > LargestLimit)
        {
            return Answer.Error(400, $"limit {limit} is out of range, allowed 1 to {LargestLimit}");
        }

        (IReadOnlyList<RecordedEvent> events, bool truncated) =
            await audit.TimelineAsync(new TimelineQuery(first, last, node, instance, limit ?? DefaultLimit), stop);
        return Answer.Ok(new Timeline(first, last, [.. events.Select(TimelineEntry.Of)], truncated));
    }

    internal static Task<IResult> ExplainAsync(string? @event, AuditReader audit, CancellationToken stop) =>
        WithContextAsync(
            @event, audit, context => Answer.Ok(Explainer.Explain(context)), stop,
            async subject => Answer.Ok(HealthExplainer.Explain(subject, await audit.AroundAsync(subject, stop))));

    internal static Task<IResult> ReplayAsync(string? @event, AuditReader audit, CancellationToken stop) =>
        WithContextAsync(
            @event, audit,
            context => Replayer.Replay(context) is { } result
                ? Answer.Ok(result)
                : Answer.Error(
                    404, $"event {context.Subject.Position} cannot be replayed: {(context.Configuration is null ? "the instance's configuration" : "the inputs that led to it")} " +
                    "is not on record"),
            stop);

    /// <summary>Runs of hooks in JavaScript: those of a transition, or the one that an event of a hook belongs to.</summary>
    internal static async Task<IResult> HooksAsync(string? @event, AuditReader audit, CancellationToken stop)
    {
        try
        {
            return await audit.FindAsync(@event ?? "", stop) is { } subject
                ? Answer.Ok(await audit.HookRunsAsync(subject, stop))
                : NotOnRecord(@event);
        }
        catch (FormatException malformed)
        {
            return Answer.Error(400, malformed.Message);
        }
    }

    private static IResult NotOnRecord(string? name) => Answer.Error(404, $"event '{name}' is not on record; 'kes audit timeline' lists what is");

    /// <param name="health">For an event of a virtual server; null: those are refused.</param>
    private static async Task<IResult> WithContextAsync(
        string? name, AuditReader audit, Func<AuditContext, IResult> answer, CancellationToken stop, Func<RecordedEvent, Task<IResult>>? health = null)
    {
        try
        {
            if (await audit.FindAsync(name ?? "", stop) is not { } subject)
            {
                return NotOnRecord(name);
            }

            if (subject.Event is IHealthEvent && health is not null)
            {
                return await health(subject);
            }

            return subject.Event is ITransitionEvent
                ? answer(await audit.ContextAsync(subject, stop))
                : Answer.Error(400, $"event {subject.Position} is {subject.Type}, not a transition; 'last' names the latest transition");
        }
        catch (FormatException malformed)
        {
            return Answer.Error(400, malformed.Message);
        }
    }
}
