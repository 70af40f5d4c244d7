using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Health;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>Events of virtual servers in plain words.</summary>
internal static class HealthSentence
{
    internal static string Of(IHealthEvent e) => e switch
    {
        VirtualServerConfigured c =>
            $"virtual server {Named(c.Service, c.Label)} is configured: {c.Scheduler} over {string.Join(", ", c.RealServers.Select(server => $"{server.RealServer} weight {server.Weight}"))}"
            + (c.Balanced ? "" : "; NOTHING IS BALANCED, the kernel has no IPVS"),
        VirtualServerRemoved r => $"virtual server {r.Service} is gone ({r.Reason})",
        CheckChanged { To: CheckStatus.Down } c => $"{c.Check} of {c.RealServer} ({c.Service}) fails: {c.Note}{(c.Tries > 1 ? $", {c.Tries} times in succession" : "")}",
        CheckChanged c => $"{c.Check} of {c.RealServer} ({c.Service}) succeeds again: {c.Note}",
        ChecksNotMade n => $"{n.Check} of {n.RealServer} ({n.Service}) could not be made: {n.Note}{(n.Count > 1 ? $", nor {n.Count - 1} others" : "")}; nothing is concluded from it",
        RealServerUp u => $"{u.RealServer} of {u.Service} is up with weight {u.Weight}: {u.Cause}",
        RealServerDown d => $"{d.RealServer} of {d.Service} is DOWN: {d.Cause}",
        RealServerWeightChanged w => $"{w.RealServer} of {w.Service} has weight {w.To} instead of {w.From}: {w.Cause}",
        RealServerDrained { Drained: true } d =>
            $"{d.By} takes {d.RealServer} of {d.Service} out of service{(d.For is { } time ? $" for {Durations.Text(time)}" : " until further notice")}",
        RealServerDrained d => $"{d.RealServer} of {d.Service} is in service again ({d.By})",
        QuorumGained q => $"{q.Service} has its quorum again: weight {q.Weight} of {q.Quorum}{Dampened(q.Hysteresis, '+')}",
        QuorumLost q => $"{q.Service} has LOST ITS QUORUM: weight {q.Weight} of {q.Quorum}{Dampened(q.Hysteresis, '-')}"
            + (q.SorryServer is { } sorry ? $"; {sorry} takes the connections" : ""),
        PoolChanged p => p.Error is null ? $"{p.Service}: {p.Change}" : $"{p.Service}: {p.Change} was REFUSED: {p.Error}",
        PoolCorrected p => $"somebody else had changed the kernel's table of {p.Service}; put right: {string.Join(", ", p.Found)}",
        _ => $"{e.Service}: {EventCatalog.AliasOf(e)}",
    };

    private static string Named(string service, string? label) => label is null ? service : $"{label} {service}";

    private static string Dampened(long hysteresis, char sign) => hysteresis == 0 ? "" : $" {sign} {hysteresis}";
}
