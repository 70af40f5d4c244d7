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

            if (known.TryAdd(server.Key, server.Span))
            {
                servers.Add(server);
            }
            else
            {
                log.Warning(DiagnosticCodes.DuplicateAddress, server.Span, $"real_server {server.Key} is already one of {name}, at {known[server.Key]}; this one is left out");
            }
        }

        return servers.ToImmutable();
    }

    /// <summary>The port of a destination: only NAT can change it, the other methods keep the service's.</summary>
    internal ushort PortOf(ushort? written, Forwarding forwarding, ServiceKey service, string what, RouterAddress address, SourceSpan at, string name)
    {
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

        var key = new DestinationKey(address, PortOf(draft.Port, forwarding, service, "real_server", address, draft.Head.Span, name));
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
