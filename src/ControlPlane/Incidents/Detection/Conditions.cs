using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>Conditions that one record begins and another ends. Pure.</summary>
internal static class Conditions
{
    /// <summary>The condition after this event; null: the event says nothing of one.</summary>
    internal static ConditionFacts? Of(RecordedEvent recorded, ClockBound clock)
    {
        DateTimeOffset at = clock.Correct(recorded.Time);
        string word = RouterFold.Word(recorded);
        return recorded.Event switch
        {
            HookFinished e when Failure(e) is { } failure => Begun(
                $"hook {e.Node}/{e.Hook}", IncidentKind.HookFailed, IncidentSeverity.Warning, e.Node, at, $"{e.Hook} on {e.Node} {failure}", word),
            HookFinished e => new ConditionFacts($"hook {e.Node}/{e.Hook}", null),
            QuorumLost e => Begun(
                $"service {e.Node}/{e.Service}", IncidentKind.QuorumLost, e.SorryServer is null ? IncidentSeverity.Critical : IncidentSeverity.Warning,
                e.Node, at,
                $"{e.Service} on {e.Node} has real servers of weight {e.Weight}, {e.Quorum} are needed; "
                + (e.SorryServer is { } sorry ? $"{sorry} answers as the sorry server" : "there is no sorry server"), word),
            QuorumGained e => new ConditionFacts($"service {e.Node}/{e.Service}", null),
            VirtualServerRemoved e => new ConditionFacts($"service {e.Node}/{e.Service}", null),
            _ => null,
        };
    }

    /// <summary>A node's silence.</summary>
    internal static Finding Silence(string node, DateTimeOffset lastContact, string word) => new(
        IncidentKind.NodeSilent, "", new IncidentFacts(
            IncidentSeverity.Warning, lastContact, null, TimeSpan.Zero, null, [node], [],
            $"{node} has not been in contact since {lastContact:yyyy-MM-dd HH:mm:ss} UTC and had not said that it would stop: "
            + "it is down, or its way to the control plane is cut", word.Length == 0 ? [] : [word]));

    private static ConditionFacts Begun(
        string subject, IncidentKind kind, IncidentSeverity severity, string node, DateTimeOffset at, string cause, string word) =>
        new(subject, new Finding(kind, "", new IncidentFacts(severity, at, null, TimeSpan.Zero, null, [node], [], cause, [word])));

    private static string? Failure(HookFinished e) => e switch
    {
        { Limit: { } limit } => $"overran its {limit} and was ended after {Durations.Text(e.Duration)}",
        { Error: { } error } => $"failed: {error}",
        { ExitCode: { } code and not 0 } => $"ended with {code}{Tail(e.OutputTail)}",
        { Signal: { } signal } => $"was ended by signal {signal}",
        _ => null,
    };

    private static string Tail(string output) => output.TrimEnd() is { Length: > 0 } text ? $": {text[(text.LastIndexOf('\n') + 1)..]}" : "";
}
