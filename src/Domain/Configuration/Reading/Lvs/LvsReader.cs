using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads every root block that load balancing needs, and makes settings of them once all are known.</summary>
internal sealed class LvsReader
{
    private readonly DiagnosticLog _log;
    private readonly ServerGroups _groups;
    private readonly TrackFileReader _files;
    private readonly BfdInstanceReader _sessions;
    private readonly TlsClientReader _tls;
    private readonly VirtualServerReader _servers;
    private readonly List<VirtualServerDraft> _drafts = [];

    internal LvsReader(ValueReader values, KeywordGate gate)
    {
        _log = values.Log;
        _groups = new ServerGroups(values);
        _files = new TrackFileReader(values, gate);
        _sessions = new BfdInstanceReader(values, gate);
        _tls = new TlsClientReader(values, gate);
        _servers = new VirtualServerReader(values, gate, new RealServerReader(values, gate, new CheckReader(values, gate)));
    }

    /// <summary>What <c>global_defs</c> says was not so when a block was read before.</summary>
    internal bool IsOutdated { get; private set; }

    /// <returns>False: not a block of load balancing.</returns>
    internal bool TryRead(Statement statement)
    {
        switch (statement.Keyword)
        {
            case "virtual_server":
                _drafts.Add(Read(statement));
                return true;
            case "virtual_server_group":
                _groups.Read(statement);
                return true;
            case "track_file" or "vrrp_track_file":
                _files.Read(statement);
                return true;
            case "bfd_instance":
                _sessions.Read(statement);
                return true;
            case "SSL":
                _tls.Read(statement);
                return true;
            default:
                return false;
        }
    }

    /// <param name="global">What <c>global_defs</c> says.</param>
    /// <param name="smtpAlert">Mail about servers that say nothing of it; null: nowhere said.</param>
    internal LvsSettings Complete(LvsSettings global, bool? smtpAlert, bool logAllFailures)
    {
        var checks = new CheckCompletion(_log, _files, _sessions);
        var completion = new VirtualServerCompletion(_log, _groups, new RealServerCompletion(_log, checks, smtpAlert, logAllFailures), smtpAlert);
        ImmutableArray<VirtualServerSettings> servers = [.. _drafts.Select(draft => Complete(completion, draft, (smtpAlert, logAllFailures))).OfType<VirtualServerSettings>()];
        _groups.ReportUnused();
        servers = global.FirewallMarks is { } marks ? FirewallMarkPlan.Apply(servers, marks) : servers;
        return global with { VirtualServers = servers, TrackFiles = _files.Used(), BfdInstances = _sessions.All(), Tls = _tls.Settings };
    }

    private VirtualServerDraft Read(Statement statement)
    {
        if (statement.Known is { Settings: not null })
        {
            return new VirtualServerDraft(statement);
        }

        int said = _log.Said;
        VirtualServerDraft draft = _servers.Read(statement);
        statement.Known = _log.Said == said ? statement.Known : null;
        return draft;
    }

    private VirtualServerSettings? Complete(VirtualServerCompletion completion, VirtualServerDraft draft, (bool? SmtpAlert, bool LogAllFailures) surroundings)
    {
        if (draft.Head.Known is { Settings: { } known } recalled)
        {
            IsOutdated |= recalled.Surroundings != surroundings;
            completion.Register(known.Services, known.Span);
            return known;
        }

        int said = _log.Said;
        VirtualServerSettings? made = completion.Complete(draft);
        if (draft.Head.Known is { } block && made is not null && _log.Said == said && IsSelfContained(made))
        {
            (block.Settings, block.Surroundings) = (made, surroundings);
        }

        return made;
    }

    /// <summary>Refers to no other block.</summary>
    private static bool IsSelfContained(VirtualServerSettings server) =>
        server.Group is null && server.RealServers.All(real => real.Checks.All(check => check is not (FileCheckSettings or BfdCheckSettings)));
}
