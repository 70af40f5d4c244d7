using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.Hooks;
using MediatR;

namespace Keepalived.Es.ControlPlane.Incidents.Hooks;

/// <summary>
/// Runs the operators' hooks for an incident, one after the other, and records how each ended. A program is given event, id, kind, severity, subject, outage in
/// seconds (empty: not known) and cause; a file in JavaScript has a function with the event's name, called with <c>{event, incident}</c>.
/// </summary>
public sealed class IncidentHookHandler(
    IReadOnlyList<string> hooks, TimeSpan timeLimit, IMediator runs, IEventStore events, TimeProvider time) : INotificationHandler<IncidentHappened>
{
    private long _run;

    public async Task Handle(IncidentHappened notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        foreach (string hook in hooks)
        {
            HookOutcome outcome = await runs.Send(Run(hook, notification), cancellationToken);
            IncidentView incident = notification.Incident;
            IncidentHookRan ran = new(
                incident.Id, notification.On, hook, outcome.ExitCode, Error(outcome), outcome.Duration, outcome.Output);
            await events.AppendAsync(
                incident.Site, $"incident/{incident.Id}", null, [IncidentRecords.NewEvent(ran, time.GetUtcNow())], cancellationToken);
        }
    }

    private HookRun Run(string hook, IncidentHappened happened)
    {
        IncidentView incident = happened.Incident;
        long run = Interlocked.Increment(ref _run);
        string name = $"{happened.On} {incident.Id}";
        if (HookScript.IsInJavaScript(hook))
        {
            return new JavaScriptHookRun
            {
                Script = new HookScript(happened.On, [hook], null, null),
                Hook = name,
                Run = run,
                TimeLimit = timeLimit,
                CalledFunction = happened.On,
                ContextJson = JsonSerializer.Serialize(new { @event = happened.On, incident }, ApiJson.Options),
            };
        }

        string outage = incident.Facts.Outage?.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture) ?? "";
        return new ShellHookRun
        {
            Script = new HookScript(
                happened.On,
                [
                    hook, happened.On, incident.Id, IncidentBook.Slug(incident.Kind), incident.Facts.Severity.ToString(), incident.Subject, outage,
                    incident.Facts.Cause,
                ],
                null, null),
            Hook = name,
            Run = run,
            TimeLimit = timeLimit,
        };
    }

    private static string? Error(HookOutcome outcome) => outcome switch
    {
        { Limit: { } limit } => $"overran its {limit} after {Durations.Text(outcome.Duration)}",
        { Error: { } error } => error,
        { ExitCode: 0 } => null,
        { ExitCode: { } code } => $"ended with {code}",
        _ => $"was ended by signal {outcome.Signal}",
    };
}
