using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Configuration.Reading.Lvs;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <content>What <c>global_defs</c> says of load balancing, checks and BFD.</content>
internal sealed partial class GlobalReader
{
    private const uint LvsTimeoutMaximum = 2_678_400;
    private const int SyncLengthMaximum = 65_507;
    private const int ChainPriorityMaximum = 2_000;

    private FifoSettings? _lvsFifo;
    private ScriptCommand? _lvsFifoScript;
    private bool? _smtpAlertChecker;
    private FirewallMarkSettings _firewallMarks = new();
    private bool _useFirewallMarks;

    /// <summary>As far as <c>global_defs</c> says it; the servers are not in it.</summary>
    internal LvsSettings Lvs { get; private set; } = new();

    /// <summary>Mail about servers that say nothing of it themselves; null: neither <c>smtp_alert_checker</c> nor <c>smtp_alert</c> is given.</summary>
    internal bool? SmtpAlertChecker => _smtpAlertChecker ?? _smtpAlert;

    /// <summary><c>checker_log_all_failures</c>.</summary>
    internal bool LogAllFailures { get; private set; }

    /// <summary><see cref="Lvs"/> once every <c>global_defs</c> is read.</summary>
    internal LvsSettings CompleteLvs(IReadOnlyList<VrrpInstanceSettings> instances)
    {
        if (_useFirewallMarks)
        {
            Lvs = Lvs with { FirewallMarks = _firewallMarks };
        }

        return Lvs with { Fifo = WithScript(_lvsFifo, _lvsFifoScript, "lvs_notify_fifo"), SyncDaemon = CompleteSyncDaemon(instances) };
    }

    internal void ReadIpvsNamespace(Statement statement) =>
        Lvs = Lvs with { Namespace = statement.Words.Length > 1 ? _values.One(statement)?.Text : null };

    private static IEnumerable<KeyValuePair<string, Action<GlobalReader, Statement>>> LvsHandlers => new Dictionary<string, Action<GlobalReader, Statement>>
    {
        ["checker_process_name"] = (r, s) => r.Lvs = r.Lvs with { ThreadName = r.ReadThreadName(s) ?? r.Lvs.ThreadName },
        ["lvs_process_name"] = (r, s) => r.Lvs = r.Lvs with { ThreadName = r.ReadThreadName(s) ?? r.Lvs.ThreadName },
        ["bfd_process_name"] = (r, s) => r.Lvs = r.Lvs with { BfdThreadName = r.ReadThreadName(s) ?? r.Lvs.BfdThreadName },
        ["smtp_alert_checker"] = (r, s) => r._smtpAlertChecker = r._values.Boolean(s) ?? r._smtpAlertChecker,
        ["checker_log_all_failures"] = (r, s) => r.LogAllFailures = r._values.Boolean(s) ?? r.LogAllFailures,
        ["rs_init_notifies"] = (r, s) => r.Lvs = r.Lvs with { InitialNotifies = r._values.Boolean(s) ?? r.Lvs.InitialNotifies },
        ["no_checker_emails"] = (r, s) => r.Lvs = r.Lvs with { NoCheckerMails = r._values.Boolean(s) ?? r.Lvs.NoCheckerMails },
        ["lvs_flush"] = (r, s) => r.Lvs = r.Lvs with { FlushAtStart = r._values.Flag(s) },
        ["lvs_flush_on_stop"] = (r, s) => r.ReadFlushOnStop(s),
        ["lvs_flush_onstop"] = (r, s) => r.ReadFlushOnStop(s),
        ["lvs_timeouts"] = (r, s) => r.ReadLvsTimeouts(s),
        ["lvs_sync_daemon"] = (r, s) => r.ReadSyncDaemon(s),
        ["lvs_notify_fifo"] = (r, s) => r._lvsFifo = r.ReadFifo(r._lvsFifo, s),
        ["lvs_notify_fifo_script"] = (r, s) => r._lvsFifoScript = ScriptReader.Read(s, r._values.Log) ?? r._lvsFifoScript,
        ["checker_priority"] = (r, s) => r.Schedule(s, x => x with { Nice = (int?)r._values.Integer(s, -20, 19) }),
        ["checker_rt_priority"] = (r, s) => r.Schedule(s, x => x with { RealTimePriority = (int?)r._values.Integer(s, 1, 99) }),
        ["checker_no_swap"] = (r, s) => r.Schedule(s, x => x with { NoSwap = r._values.Flag(s) }),
        ["checker_rlimit_rttime"] = (r, s) => r.Schedule(s, x => x with { RealTimeLimitMicroseconds = r._values.Integer(s, 1, uint.MaxValue) }),
        ["checker_rlimit_rtime"] = (r, s) => r.Schedule(s, x => x with { RealTimeLimitMicroseconds = r._values.Integer(s, 1, uint.MaxValue) }),
        ["checker_cpu_affinity"] = (r, s) => r.Schedule(s, x => x with { Processors = r.ReadProcessors(s) }),
        ["bfd_priority"] = (r, s) => r.Schedule(s, x => x with { Nice = (int?)r._values.Integer(s, -20, 19) }),
        ["bfd_rt_priority"] = (r, s) => r.Schedule(s, x => x with { RealTimePriority = (int?)r._values.Integer(s, 1, 99) }),
        ["bfd_no_swap"] = (r, s) => r.Schedule(s, x => x with { NoSwap = r._values.Flag(s) }),
        ["bfd_rlimit_rttime"] = (r, s) => r.Schedule(s, x => x with { RealTimeLimitMicroseconds = r._values.Integer(s, 1, uint.MaxValue) }),
        ["bfd_rlimit_rtime"] = (r, s) => r.Schedule(s, x => x with { RealTimeLimitMicroseconds = r._values.Integer(s, 1, uint.MaxValue) }),
        ["bfd_cpu_affinity"] = (r, s) => r.Schedule(s, x => x with { Processors = r.ReadProcessors(s) }),
        ["lvs_netlink_cmd_rcv_bufs"] = (r, s) => r.Lvs = r.Lvs with { CommandBuffer = r.Lvs.CommandBuffer with { Bytes = (uint?)r._values.Integer(s, 0, uint.MaxValue) } },
        ["lvs_netlink_cmd_rcv_bufs_force"] = (r, s) => r.Lvs = r.Lvs with { CommandBuffer = r.Lvs.CommandBuffer with { Force = r._values.Boolean(s) ?? false } },
        ["lvs_netlink_monitor_rcv_bufs"] = (r, s) => r.Lvs = r.Lvs with { MonitorBuffer = r.Lvs.MonitorBuffer with { Bytes = (uint?)r._values.Integer(s, 0, uint.MaxValue) } },
        ["lvs_netlink_monitor_rcv_bufs_force"] = (r, s) => r.Lvs = r.Lvs with { MonitorBuffer = r.Lvs.MonitorBuffer with { Force = r._values.Boolean(s) ?? false } },
        ["nftables_ipvs"] = (r, s) => r.ReadFirewallMarks(s),
        ["nftables_ipvs_priority"] = (r, s) => r._firewallMarks = r._firewallMarks with { Priority = (int)(r._values.Integer(s, -ChainPriorityMaximum, ChainPriorityMaximum) ?? 0) },
        ["nftables_ipvs_start_fwmark"] = (r, s) =>
            r._firewallMarks = r._firewallMarks with { FirstMark = (uint)(r._values.Integer(s, 1, uint.MaxValue) ?? r._firewallMarks.FirstMark) },
    };

    private void Schedule(Statement statement, Func<SchedulingSettings, SchedulingSettings> change)
    {
        if (statement.Keyword.StartsWith("bfd_", StringComparison.Ordinal))
        {
            Lvs = Lvs with { BfdScheduling = change(Lvs.BfdScheduling) };
        }
        else
        {
            Lvs = Lvs with { Scheduling = change(Lvs.Scheduling) };
        }
    }

    private void ReadFlushOnStop(Statement statement)
    {
        Word? word = statement.Words.Length > 1 ? _values.One(statement) : null;
        if (word is { Text: not "VS" } other)
        {
            _values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(other), $"{statement.Keyword} '{other.Text}' is unknown, allowed VS or nothing");
            return;
        }

        Lvs = Lvs with { FlushOnStop = word is null ? FlushOnStop.All : FlushOnStop.VirtualServers };
    }

    private void ReadFirewallMarks(Statement statement)
    {
        _useFirewallMarks = true;
        if (statement.Words.Length > 1 && _values.One(statement) is { } table)
        {
            _firewallMarks = _firewallMarks with { Table = table.Text };
        }
    }

    private void ReadLvsTimeouts(Statement statement)
    {
        var words = new WordCursor(statement, _values.Log);
        words.Take();
        if (words.AtEnd)
        {
            _values.Log.Error(DiagnosticCodes.MissingValue, statement.EndSpan, "lvs_timeouts needs at least one of 'tcp SECONDS', 'tcpfin SECONDS' and 'udp SECONDS'");
        }

        while (!words.AtEnd)
        {
            Word option = words.Take();
            if (option.Text is not ("tcp" or "tcpfin" or "udp"))
            {
                _values.Log.Error(DiagnosticCodes.BadEntry, statement.SpanOf(option), $"unknown word '{option.Text}' behind lvs_timeouts, allowed tcp, tcpfin and udp");
                return;
            }

            uint? seconds = words.Value(option) is { } word ? (uint?)_values.Integer(statement, word, option.Text, 0, LvsTimeoutMaximum) : null;
            if (seconds == 0)
            {
                _values.Log.Warning(
                    DiagnosticCodes.OutOfRange,
                    statement.SpanOf(option),
                    $"lvs_timeouts {option.Text} 0 changes nothing: IPVS keeps the timeout that it has, allowed 1 to {LvsTimeoutMaximum} seconds");
                seconds = null;
            }

            Lvs = Lvs with
            {
                Timeouts = option.Text switch
                {
                    "tcp" => Lvs.Timeouts with { Tcp = seconds },
                    "tcpfin" => Lvs.Timeouts with { TcpFin = seconds },
                    _ => Lvs.Timeouts with { Udp = seconds },
                },
            };
        }
    }

    private void ReadSyncDaemon(Statement statement)
    {
        var words = new WordCursor(statement, _values.Log);
        words.Take();
        if (words.AtEnd)
        {
            _values.One(statement);
            return;
        }

        if (Lvs.SyncDaemon is { } before)
        {
            _values.Log.Error(DiagnosticCodes.Repeated, statement.Span, $"lvs_sync_daemon is already given at {before.Span}");
            return;
        }

        SyncDaemonSettings? daemon = _values.InterfaceName(statement, words.Take()) is { } device ? new SyncDaemonSettings(device, statement.SpanFrom(1)) : null;
        for (bool first = true; daemon is not null && !words.AtEnd; first = false)
        {
            daemon = ReadSyncOption(daemon, first, statement, words);
        }

        Lvs = Lvs with { SyncDaemon = daemon };
    }

    private SyncDaemonSettings? ReadSyncOption(SyncDaemonSettings daemon, bool first, Statement statement, WordCursor words)
    {
        Word option = words.Take();
        if (option.Text is "inst" or "id" or "maxlen" or "port" or "ttl" or "group")
        {
            return words.Value(option) is { } word ? ReadSyncValue(daemon, option, word, statement) : null;
        }

        if (first)
        {
            return daemon with { Instance = option.Text };
        }

        _values.Log.Error(
            DiagnosticCodes.UnknownKeyword, statement.SpanOf(option), $"unknown word '{option.Text}' behind lvs_sync_daemon, allowed inst, id, maxlen, port, ttl and group");
        return null;
    }

    private SyncDaemonSettings? ReadSyncValue(SyncDaemonSettings daemon, Word option, Word word, Statement statement)
    {
        switch (option.Text)
        {
            case "inst":
                return daemon with { Instance = word.Text };
            case "id":
                return _values.Integer(statement, word, "id", 0, 255) is { } id ? daemon with { Id = (byte)id } : null;
            case "maxlen":
                return _values.Integer(statement, word, "maxlen", 1, SyncLengthMaximum) is { } length ? daemon with { MaximumLength = (int)length } : null;
            case "port":
                return _values.Integer(statement, word, "port", 1, ServerAddress.PortMaximum) is { } port ? daemon with { Port = (ushort)port } : null;
            case "ttl":
                return _values.Integer(statement, word, "ttl", 1, 255) is { } ttl ? daemon with { Ttl = (byte)ttl } : null;
            default:
                return _values.Address(statement, word, "group") is { } group ? daemon with { Group = group } : null;
        }
    }

    private SyncDaemonSettings? CompleteSyncDaemon(IReadOnlyList<VrrpInstanceSettings> instances)
    {
        if (Lvs.SyncDaemon is not { Instance: { } name } daemon)
        {
            return Lvs.SyncDaemon;
        }

        if (instances.FirstOrDefault(instance => instance.Vrrp.Instance == name) is not { } followed)
        {
            _values.Log.Error(DiagnosticCodes.UnknownTracker, daemon.Span, $"there is no vrrp_instance '{name}' for lvs_sync_daemon to follow");
            return null;
        }

        return daemon.Id == 0 ? daemon with { Id = followed.Vrrp.Vrid } : daemon;
    }

    /// <summary>What were processes are threads here; names that are given by themselves win.</summary>
    private void NameThreads(Statement statement)
    {
        _values.Flag(statement);
        Settings = Settings with { VrrpThreadName = Settings.VrrpThreadName ?? "keepalived_vrrp" };
        Lvs = Lvs with { ThreadName = Lvs.ThreadName ?? "keepalived_lvs", BfdThreadName = Lvs.BfdThreadName ?? "keepalived_bfd" };
    }

    /// <summary>The kernel keeps 15 bytes.</summary>
    private string? ReadThreadName(Statement statement)
    {
        const int Maximum = 15;
        if (_values.One(statement) is not { } word)
        {
            return null;
        }

        if (word.Text.Length is > 0 and <= Maximum && word.Text.All(char.IsAscii))
        {
            return word.Text;
        }

        _values.Log.Error(
            DiagnosticCodes.BadName, statement.SpanOf(word), $"{statement.Keyword} '{word.Text}' has {word.Text.Length} characters, allowed 1 to {Maximum} of ASCII");
        return null;
    }

    private ImmutableArray<int> ReadProcessors(Statement statement)
    {
        if (statement.Words.Length < 2)
        {
            _values.One(statement);
        }

        ImmutableArray<int>.Builder processors = ImmutableArray.CreateBuilder<int>();
        foreach (Word word in statement.Words.Skip(1))
        {
            if (_values.Integer(statement, word, statement.Keyword, 0, CpuMaximum) is { } cpu && !processors.Contains((int)cpu))
            {
                processors.Add((int)cpu);
            }
        }

        return processors.ToImmutable();
    }
}
