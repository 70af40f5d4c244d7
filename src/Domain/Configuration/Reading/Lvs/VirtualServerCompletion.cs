using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Makes a virtual server of a draft: defaults filled in as keepalived does, each with a warning where it is not what was written.</summary>
internal sealed class VirtualServerCompletion(DiagnosticLog log, ServerGroups groups, RealServerCompletion realServers, bool? smtpAlert)
{
    private const uint PersistenceDefault = 360;

    private readonly Dictionary<ServiceKey, SourceSpan> _services = [];

    /// <returns>Null: it is wrong, or has nothing to balance between, and was reported.</returns>
    internal VirtualServerSettings? Complete(VirtualServerDraft draft)
    {
        if (draft is { Address: null, FirewallMark: null, Group: null })
        {
            return null;
        }

        ImmutableArray<ServiceKey> services = Services(draft);
        if (services.IsEmpty)
        {
            return null;
        }

        string name = NameOf(draft, services[0]);
        draft = Correct(draft, services, name);
        ServiceOptions options = Options(draft, services, name);
        ImmutableArray<RealServerSettings> servers = realServers.Complete(draft, services[0], name);
        if (servers.IsEmpty)
        {
            log.Warning(DiagnosticCodes.MissingValue, draft.Head.Span, $"virtual server {name} has no real server: it is left out, as in keepalived");
            return null;
        }

        Register(services, draft.Head.Span);
        (long quorum, long hysteresis) = Quorum(draft, servers, name);
        return new VirtualServerSettings
        {
            Span = draft.Head.Span,
            Name = name,
            Label = draft.Label,
            Group = draft.Group,
            Services = services,
            Options = options,
            RealServers = servers,
            SorryServer = Sorry(draft, services[0], name),
            Quorum = quorum,
            Hysteresis = hysteresis,
            Alpha = draft.Alpha,
            Omega = draft.Omega,
            HaSuspend = HaSuspend(draft, name),
            QuorumUp = draft.QuorumUp,
            QuorumDown = draft.QuorumDown,
            SmtpAlert = draft.SmtpAlert ?? smtpAlert ?? false,
        };
    }

    /// <summary>A service belongs to one virtual server.</summary>
    internal void Register(ImmutableArray<ServiceKey> services, SourceSpan at)
    {
        foreach (ServiceKey service in services)
        {
            if (!_services.TryAdd(service, at))
            {
                log.Error(DiagnosticCodes.DuplicateAddress, at, $"{service} is already a service of the virtual server at {_services[service]}");
            }
        }
    }

    private ImmutableArray<ServiceKey> Services(VirtualServerDraft draft)
    {
        LvsProtocol protocol = draft.Protocol ?? LvsProtocol.Udp;
        if (draft.Address is { } address)
        {
            return [ServiceKey.OfAddress(protocol, address, draft.Port)];
        }

        if (draft.FirewallMark is { } mark)
        {
            return [ServiceKey.OfMark(mark, FamilyOf(draft, []))];
        }

        if (groups.Find(draft.Group!) is not { } entries)
        {
            log.Error(DiagnosticCodes.UnknownMember, draft.NameSpan, $"there is no virtual_server_group '{draft.Group}'");
            return [];
        }

        if (entries.IsEmpty)
        {
            log.Warning(DiagnosticCodes.EmptyGroup, draft.NameSpan, $"virtual_server_group {draft.Group} has no address and no fwmark: its virtual server is left out");
        }

        bool isIPv6 = FamilyOf(draft, entries);
        return [.. entries.Select(entry =>
            entry.Mark == 0 ? ServiceKey.OfAddress(protocol, entry.Address, entry.Port) : ServiceKey.OfMark(entry.Mark, entry.IsIPv6 ?? isIPv6))];
    }

    /// <summary>
    /// Of a firewall mark: as it is said, otherwise that of the group's addresses, of the granularity, or of the real servers that are not reached by
    /// a tunnel; where all are, IPv6 if all of them are of it.
    /// </summary>
    private static bool FamilyOf(VirtualServerDraft draft, ImmutableArray<ServerGroups.Entry> group)
    {
        if (draft.IsIPv6 is { } said)
        {
            return said;
        }

        foreach (ServerGroups.Entry entry in group.Where(entry => entry.Mark == 0))
        {
            return entry.IsIPv6 == true;
        }

        if (draft.PersistencePrefixLength is not null)
        {
            return draft.PersistencePrefixIsIPv6;
        }

        List<RealServerDraft> servers = draft.RealServers.FindAll(server => server.Address is not null);
        RealServerDraft? direct = servers.Find(server => (server.Forwarding ?? draft.Forwarding)?.Method != ForwardingMethod.Tunnel);
        return direct is not null ? direct.Address is { IsIPv4: false } : servers.Count > 0 && servers.TrueForAll(server => server.Address is { IsIPv4: false });
    }

    private static string NameOf(VirtualServerDraft draft, ServiceKey first) =>
        draft.Group is null ? first.ToString() : $"[{draft.Group}]:0";

    /// <summary>What keepalived sets itself where the file says nothing.</summary>
    private VirtualServerDraft Correct(VirtualServerDraft draft, ImmutableArray<ServiceKey> services, string name)
    {
        bool byAddress = services.Any(service => service.Protocol is not null);
        if (byAddress && draft.Protocol is null)
        {
            Said("has no protocol: UDP is used, as in keepalived; write 'protocol TCP' if that is what is meant");
        }

        if (draft.Scheduler is null)
        {
            Said("has no lvs_sched: wlc is used");
        }

        if (draft.Forwarding is null)
        {
            Said("has no lvs_method: NAT is used");
        }

        if (draft.OnePacketAt is { } at && byAddress && (draft.Protocol ?? LvsProtocol.Udp) != LvsProtocol.Udp)
        {
            log.Warning(DiagnosticCodes.BadEntry, at, $"ops of virtual server {name} is ignored: one-packet scheduling is for UDP and fwmark only");
            draft.OnePacketAt = null;
        }

        if (byAddress && draft.PersistenceTimeout is null && services.Any(service => service is { Protocol: not null, Port: 0 }))
        {
            Said($"takes all ports, which needs persistence: persistence_timeout {PersistenceDefault} is used");
            draft.PersistenceTimeout = PersistenceDefault;
        }

        if (draft is { PersistenceEngine: { } engine, PersistenceTimeout: null })
        {
            Said($"has no persistence, which persistence_engine {engine} needs: the engine is left out, as in keepalived");
            draft.PersistenceEngine = null;
        }

        if (draft.IsIPv6 is { } six && services.Any(service => service.IsIPv6 != six))
        {
            log.Error(DiagnosticCodes.WrongFamily, draft.FamilySpan, $"ip_family {(six ? "inet6" : "inet")} contradicts the address of virtual server {name}");
        }

        return draft;

        void Said(string what) => log.Warning(DiagnosticCodes.DefaultUsed, draft.Head.Span, $"virtual server {name} {what}");
    }

    private ServiceOptions Options(VirtualServerDraft draft, ImmutableArray<ServiceKey> services, string name)
    {
        ServiceTraits traits = draft.Traits;
        traits |= draft.OnePacketAt is null ? 0 : ServiceTraits.OnePacket;
        traits |= draft.PersistenceTimeout is null ? 0 : ServiceTraits.Persistent;
        if (draft.PersistencePrefixLength is not null && services.Any(service => service.IsIPv6 != draft.PersistencePrefixIsIPv6))
        {
            string wanted = draft.PersistencePrefixIsIPv6 ? "a netmask as in 255.255.255.0" : "a prefix length as in 64";
            log.Error(DiagnosticCodes.WrongFamily, draft.PersistencePrefixSpan, $"persistence_granularity of virtual server {name} is of the other family: it needs {wanted}");
        }

        return new ServiceOptions(
            draft.Scheduler ?? "wlc", traits, draft.PersistenceTimeout ?? 0, draft.PersistencePrefixLength, draft.PersistenceEngine);
    }

    private (long Quorum, long Hysteresis) Quorum(VirtualServerDraft draft, ImmutableArray<RealServerSettings> servers, string name)
    {
        long sum = servers.Sum(server => (long)server.Weight);
        long quorum = draft.Quorum;
        if (quorum > sum)
        {
            SourceSpan at = draft.QuorumSpan == default ? draft.Head.Span : draft.QuorumSpan;
            quorum = Math.Max(1, sum);
            if (draft.QuorumSpan != default)
            {
                log.Warning(DiagnosticCodes.Rounded, at, $"quorum {draft.Quorum} of virtual server {name} exceeds the sum {sum} of the weights: {quorum} is used");
            }
        }

        if (draft.Hysteresis < quorum)
        {
            return (quorum, draft.Hysteresis);
        }

        log.Warning(DiagnosticCodes.Rounded, draft.HysteresisSpan, $"hysteresis {draft.Hysteresis} of virtual server {name} is not below its quorum {quorum}: {quorum - 1} is used");
        return (quorum, quorum - 1);
    }

    private SorryServerSettings? Sorry(VirtualServerDraft draft, ServiceKey service, string name)
    {
        if (draft.Sorry is not { } sorry)
        {
            return null;
        }

        Forwarding forwarding = sorry.Forwarding ?? draft.Forwarding ?? Forwarding.Nat;
        if (!service.IsIPv6 != sorry.Address.IsIPv4 && forwarding.Method != ForwardingMethod.Tunnel)
        {
            log.Error(DiagnosticCodes.WrongFamily, sorry.Span, $"sorry_server {sorry.Address} is not of the family of virtual server {name}, which only a tunnel allows");
        }

        ushort? written = sorry.Port ?? (forwarding.Method == ForwardingMethod.Masquerade ? (ushort)0 : null);   // with NAT 0 keeps the port asked for
        ushort port = realServers.PortOf(written, forwarding, draft, service, "sorry_server", sorry.Address, sorry.Span, name);
        return new SorryServerSettings(new DestinationKey(sorry.Address, port), sorry.Span, forwarding, sorry.Inhibit);
    }

    private bool HaSuspend(VirtualServerDraft draft, string name)
    {
        if (draft.HaSuspendAt is { } at && draft.Address is null)
        {
            log.Warning(DiagnosticCodes.BadEntry, at, $"ha_suspend of virtual server {name} is ignored: it needs an address to wait for, not a fwmark or a group");
            return false;
        }

        return draft.HaSuspendAt is not null;
    }
}
