using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Makes the real servers of a virtual server: what they do not say themselves they have from it.</summary>
internal sealed class RealServerCompletion(DiagnosticLog log, CheckCompletion checks, bool? smtpAlert, bool logAllFailures)
{
    internal ImmutableArray<RealServerSettings> Complete(VirtualServerDraft owner, ServiceKey service, string name)
    {
        ImmutableArray<RealServerSettings>.Builder servers = ImmutableArray.CreateBuilder<RealServerSettings>(owner.RealServers.Count);
        Dictionary<DestinationKey, SourceSpan> known = [];
        foreach (RealServerDraft draft in owner.RealServers)
        {
            if (Complete(draft, owner, service, name) is not { } server)
            {
                continue;
            }

            // For the kernel only NAT has a port of its own: two ports of one address are one destination.
            DestinationKey identity = server.Forwarding.Method == ForwardingMethod.Masquerade ? server.Key : server.Key with { Port = service.Port };
            DestinationKey written = server.Key with { Port = draft.Port ?? server.Key.Port };
            if (known.TryGetValue(written, out SourceSpan first) || known.TryGetValue(server.Key, out first) || known.TryGetValue(identity, out first))
            {
                log.Warning(DiagnosticCodes.DuplicateAddress, server.Span, $"real_server {server.Key} is already one of {name}, at {first}; this one is left out");
                continue;
            }

            known[written] = server.Span;
            known[server.Key] = server.Span;
            known[identity] = server.Span;
            servers.Add(server);
        }

        return servers.ToImmutable();
    }

    /// <summary>The port of a destination: only NAT can change it, the other methods keep the service's. In a group each service has its own.</summary>
    internal ushort PortOf(ushort? written, Forwarding forwarding, VirtualServerDraft owner, ServiceKey service, string what, RouterAddress address, SourceSpan at, string name)
    {
        if (owner.Group is not null)
        {
            return written ?? 0;
        }

        if (forwarding.Method == ForwardingMethod.Masquerade)
        {
            return written ?? service.Port;
        }

        if (written is { } port && port != service.Port)
        {
            log.Warning(
                DiagnosticCodes.Rounded, at, $"port {port} of {what} {address} is used as {service.Port}: with DR and TUN it is that of virtual server {name}");
        }

        return service.Port;
    }

    private RealServerSettings? Complete(RealServerDraft draft, VirtualServerDraft owner, ServiceKey service, string name)
    {
        if (draft.Address is not { } address)
        {
            return null;
        }

        Forwarding forwarding = draft.Forwarding ?? owner.Forwarding ?? Forwarding.Nat;
        if (address.IsIPv4 == service.IsIPv6 && forwarding.Method != ForwardingMethod.Tunnel)
        {
            log.Error(DiagnosticCodes.WrongFamily, draft.Head.Span, $"real_server {address} is not of the family of virtual server {name}, which only a tunnel allows");
            return null;
        }

        var key = new DestinationKey(address, PortOf(draft.Port, forwarding, owner, service, "real_server", address, draft.Head.Span, name));
        var around = new CheckCompletion.Surroundings(key, draft.Defaults.Within(owner.Defaults), draft.Alpha ?? owner.Alpha, logAllFailures);
        return new RealServerSettings
        {
            Span = draft.Head.Span,
            Key = key,
            Label = draft.Label,
            Weight = draft.Weight ?? owner.Weight ?? 1,
            Forwarding = forwarding,
            UpperThreshold = draft.UpperThreshold,
            LowerThreshold = draft.LowerThreshold,
            InhibitOnFailure = draft.InhibitOnFailure ?? owner.InhibitOnFailure,
            SmtpAlert = draft.SmtpAlert ?? smtpAlert ?? true,
            NotifyUp = draft.NotifyUp,
            NotifyDown = draft.NotifyDown,
            Checks = [.. draft.Checks.SelectMany(check => checks.Complete(check, around))],
        };
    }
}
