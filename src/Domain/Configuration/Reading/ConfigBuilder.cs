using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Reading.Lvs;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Turns the tree of statements into a configuration. Blocks are read in the order of the files, which decides what an instance inherits.</summary>
internal sealed class ConfigBuilder
{
    private readonly DiagnosticLog _log;
    private readonly ValueReader _values;
    private readonly KeywordGate _gate;
    private readonly AddressReader _addresses;
    private readonly RouteReader _routes;
    private readonly GlobalReader _global;
    private readonly SyncGroups _groups;
    private readonly TrackScriptReader _scripts;
    private readonly VrrpInstanceReader _instanceReader;
    private readonly LvsReader _lvs;
    private readonly List<InstanceDraft> _drafts = [];
    private readonly Dictionary<string, Statement> _names = new(StringComparer.Ordinal);
    private readonly List<AddressEntry> _staticAddresses = [];
    private readonly List<RouteEntry> _staticRoutes = [];

    internal ConfigBuilder(DiagnosticLog log)
    {
        _log = log;
        _values = new ValueReader(log);
        _gate = new KeywordGate(log);
        _addresses = new AddressReader(_values);
        _routes = new RouteReader(_values, _addresses);
        _global = new GlobalReader(_values, _gate);
        _groups = new SyncGroups(_values, _gate);
        _scripts = new TrackScriptReader(_values, _gate);
        _instanceReader = new VrrpInstanceReader(_values, _gate, _addresses);
        _lvs = new LvsReader(_values, _gate);
    }

    /// <summary>A block that was read before means something else now: read everything.</summary>
    internal bool IsOutdated => _lvs.IsOutdated;

    internal KeepalivedConfig Build(IReadOnlyList<Statement> root)
    {
        foreach (Statement statement in root)
        {
            if (_gate.Admits(statement, ConfigKeywords.Root))
            {
                Read(statement);
            }
        }

        return Complete();
    }

    private void Read(Statement statement)
    {
        if (_lvs.TryRead(statement))
        {
            return;
        }

        switch (statement.Keyword)
        {
            case "global_defs":
                _global.Read(statement);
                break;
            case "instance":
                _global.ReadInstanceName(statement);
                break;
            case "use_pid_dir":
                _global.ReadUsePidDirectory(statement);
                break;
            case "net_namespace_ipvs":
                _global.ReadIpvsNamespace(statement);
                break;
            case "static_ipaddress":
                ReadEntries(statement, _addresses.Read, _staticAddresses);
                break;
            case "static_routes":
                ReadEntries(statement, _routes.Read, _staticRoutes);
                break;
            case "vrrp_script":
                _scripts.Read(statement);
                break;
            case "vrrp_sync_group":
                _groups.Read(statement);
                break;
            default:
                ReadInstance(statement);
                break;
        }
    }

    private void ReadEntries<T>(Statement block, Func<Statement, T?> read, List<T> into)
        where T : class
    {
        _values.IgnoreFrom(block, 1);
        foreach (Statement statement in block.Block ?? [])
        {
            if (read(statement) is { } entry)
            {
                into.Add(entry);
            }
        }
    }

    private void ReadInstance(Statement head)
    {
        if (_values.One(head) is not { } name)
        {
            return;
        }

        InstanceDraft draft = _instanceReader.Read(name.Text, head, _global.Defaults);
        if (_names.TryAdd(name.Text, head))
        {
            _drafts.Add(draft);
        }
        else
        {
            _log.Error(DiagnosticCodes.DuplicateName, head.SpanOf(name), $"vrrp_instance {name.Text} is already defined at {_names[name.Text].Span}");
        }
    }

    private KeepalivedConfig Complete()
    {
        var completion = new InstanceCompletion(_log);
        var register = new VridRegister(_log);
        Dictionary<string, byte?> priorities = new(StringComparer.Ordinal);
        List<VrrpInstanceSettings> instances = [];
        foreach (InstanceDraft draft in _drafts)
        {
            VrrpInstanceSettings? instance = completion.Complete(draft);
            priorities[draft.Name] = instance?.Vrrp.Priority;
            if (instance is not null)
            {
                instance = instance.MulticastGroup == default ? instance with { MulticastGroup = _global.Settings.MulticastGroup4 } : instance;
                register.Add(instance);
                instances.Add(instance);
            }
        }

        Dictionary<string, string> groupOf = new(StringComparer.Ordinal);
        ImmutableArray<SyncGroupSettings> groups = _groups.Resolve(priorities, groupOf, _global.SmtpAlert);
        Dictionary<string, InstanceDraft> drafts = _drafts.ToDictionary(draft => draft.Name, StringComparer.Ordinal);
        ImmutableArray<VrrpInstanceSettings> complete =
            [.. instances.Select(instance => WithShared(instance, drafts[instance.Vrrp.Instance], groupOf.GetValueOrDefault(instance.Vrrp.Instance)))];
        IEnumerable<SourceSpan> alerts =
            [.. complete.Where(instance => instance.SmtpAlert).Select(instance => instance.Span), .. groups.Where(group => group.SmtpAlert).Select(group => group.Span)];
        return new KeepalivedConfig
        {
            Global = _global.Complete(alerts.Select(alert => (SourceSpan?)alert).FirstOrDefault()),
            Instances = complete,
            SyncGroups = groups,
            Scripts = _scripts.Tracked(),
            StaticAddresses = [.. _staticAddresses],
            StaticRoutes = [.. _staticRoutes],
            Lvs = _lvs.Complete(_global.CompleteLvs(complete), _global.SmtpAlertChecker, _global.LogAllFailures),
        };
    }

    /// <summary>What an instance has from <c>global_defs</c> and from its sync group.</summary>
    private VrrpInstanceSettings WithShared(VrrpInstanceSettings instance, InstanceDraft draft, string? group)
    {
        SyncGroups.Shared? shared = group is null ? null : _groups.SharedOf(group);
        string? whyNoWeight = instance.Vrrp.IsOwner ? "priority 255 never changes"
            : shared is { TrackingWeight: false } ? $"members of vrrp_sync_group {group} keep their priorities unless it says sync_group_tracking_weight"
            : null;
        return instance with
        {
            Vrrp = instance.Vrrp with { InSyncGroup = group is not null, StartupDelay = _global.StartupDelay },
            TrackScripts = _scripts.Resolve($"vrrp_instance {instance.Vrrp.Instance}", [.. draft.TrackScripts, .. shared?.TrackScripts ?? []], whyNoWeight),
            SmtpAlert = draft.SmtpAlert ?? _global.SmtpAlert,
            NotifyPriorityChanges = draft.NotifyPriorityChanges ?? shared?.NotifyPriorityChanges ?? draft.Defaults.NotifyPriorityChanges,
        };
    }
}
