using System.Collections.Frozen;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads <c>global_defs</c>, as many as there are, and the root keywords that set something for the whole daemon.</summary>
internal sealed partial class GlobalReader(ValueReader values, KeywordGate gate)
{
    private const int CpuMaximum = 4_095;
    private const decimal SecondsMaximum = 4_294m;

    private readonly ValueReader _values = values;

    internal GlobalSettings Settings { get; private set; } = new();

    internal InstanceDefaults Defaults { get; private set; } = new();

    internal TimeSpan StartupDelay { get; private set; }

    internal void Read(Statement block)
    {
        _values.IgnoreFrom(block, 1);
        foreach (Statement statement in block.Block ?? [])
        {
            if (gate.Admits(statement, "global_defs"))
            {
                Handlers[statement.Keyword](this, statement);
            }
        }
    }

    internal void ReadInstanceName(Statement statement) =>
        Settings = Settings with { InstanceName = _values.One(statement)?.Text ?? Settings.InstanceName };

    internal void ReadUsePidDirectory(Statement statement) => Settings = Settings with { UsePidDirectory = _values.Flag(statement) };

    private static readonly FrozenDictionary<string, Action<GlobalReader, Statement>> Handlers = new Dictionary<string, Action<GlobalReader, Statement>>(LvsHandlers)
    {
        ["router_id"] = (r, s) => r.Settings = r.Settings with { RouterId = r._values.One(s)?.Text ?? r.Settings.RouterId },
        ["dynamic_interfaces"] = (r, s) => r.ReadDynamicInterfaces(s),
        ["default_interface"] = (r, s) => r.Settings = r.Settings with { DefaultInterface = r._values.InterfaceName(s) ?? r.Settings.DefaultInterface },
        ["vrrp_mcast_group4"] = (r, s) => r.ReadMulticastGroup(s),
        ["process_names"] = (r, s) => r.NameThreads(s),
        ["vrrp_process_name"] = (r, s) => r.Settings = r.Settings with { VrrpThreadName = r.ReadThreadName(s) ?? r.Settings.VrrpThreadName },
        ["vrrp_priority"] = (r, s) => r.Settings = r.Settings with { ProcessPriority = (int?)r._values.Integer(s, -20, 19) },
        ["vrrp_rt_priority"] = (r, s) => r.Settings = r.Settings with { RealTimePriority = (int?)r._values.Integer(s, 1, 99) },
        ["vrrp_no_swap"] = (r, s) => r.Settings = r.Settings with { NoSwap = r._values.Flag(s) },
        ["vrrp_rlimit_rttime"] = (r, s) => r.ReadRealTimeLimit(s),
        ["vrrp_rlimit_rtime"] = (r, s) => r.ReadRealTimeLimit(s),
        ["vrrp_cpu_affinity"] = (r, s) => r.Settings = r.Settings with { CpuAffinity = r.ReadProcessors(s) },
        ["log_unknown_vrids"] = (r, s) => r.Settings = r.Settings with { LogUnknownVrids = r._values.Flag(s) },
        ["script_user"] = (r, s) => r.ReadScriptUser(s),
        ["enable_script_security"] = (r, s) => r.Settings = r.Settings with { ScriptSecurity = r._values.Flag(s) },
        ["startup_script"] = (r, s) => r._startup = ScriptReader.Once(r._startup, s, r._values.Log),
        ["shutdown_script"] = (r, s) => r._shutdown = ScriptReader.Once(r._shutdown, s, r._values.Log),
        ["startup_script_timeout"] = (r, s) => r._startupLimit = r.ReadLifeLimit(s) ?? r._startupLimit,
        ["shutdown_script_timeout"] = (r, s) => r._shutdownLimit = r.ReadLifeLimit(s) ?? r._shutdownLimit,
        ["notify_fifo"] = (r, s) => r._fifo = r.ReadFifo(r._fifo, s),
        ["notify_fifo_script"] = (r, s) => r._fifoScript = ScriptReader.Read(s, r._values.Log) ?? r._fifoScript,
        ["vrrp_notify_fifo"] = (r, s) => r._vrrpFifo = r.ReadFifo(r._vrrpFifo, s),
        ["vrrp_notify_fifo_script"] = (r, s) => r._vrrpFifoScript = ScriptReader.Read(s, r._values.Log) ?? r._vrrpFifoScript,
        ["fifo_write_vrrp_states_on_reload"] = (r, s) => r.Settings = r.Settings with { WriteStatesOnReload = r._values.Flag(s) },
        ["reload_check_config"] = (r, s) => r.ReadReloadLog(s),
        ["vrrp_notify_priority_changes"] = (r, s) => r.Set(r._values.Boolean(s), (d, v) => d with { NotifyPriorityChanges = v }),
        ["notification_email"] = (r, s) => r.ReadRecipients(s),
        ["notification_email_from"] = (r, s) => r._mail = r._mail with { From = r.ReadMailAddress(s) ?? r._mail.From },
        ["smtp_server"] = (r, s) => r.ReadMailServer(s),
        ["smtp_helo_name"] = (r, s) => r._mail = r._mail with { HeloName = r._values.One(s)?.Text ?? r._mail.HeloName },
        ["smtp_connect_timeout"] = (r, s) => r.ReadMailTimeout(s),
        ["no_email_faults"] = (r, s) => r._mail = r._mail with { NoFaults = r._values.Flag(s) },
        ["smtp_alert"] = (r, s) => r._smtpAlert = r._values.Boolean(s) ?? r._smtpAlert,
        ["smtp_alert_vrrp"] = (r, s) => r._smtpAlertVrrp = r._values.Boolean(s) ?? r._smtpAlertVrrp,
        ["random_seed"] = (r, s) => r._values.Integer(s, 0, uint.MaxValue),
        ["include_check"] = (r, s) => r.CheckIncludeCheck(s),
        ["vrrp_startup_delay"] = (r, s) => r.StartupDelay = r._values.Seconds(s, 0.001m, SecondsMaximum) ?? r.StartupDelay,
        ["vrrp_version"] = (r, s) => r.Set(r._values.Integer(s, 2, 3), (d, v) => d with { Version = (byte)v }),
        ["vrrp_down_timer_adverts"] = (r, s) => r.Set(r._values.Integer(s, 1, 100), (d, v) => d with { DownTimerAdverts = (int)v }),
        ["vrrp_min_garp"] = (r, s) => r.Set(r._values.Boolean(s), (d, v) => d with { MinimalGarp = v }),
        ["vrrp_garp_master_repeat"] = (r, s) => r.Set(r._values.AtLeastOne(s), (d, v) => d with { GarpRepeat = v }),
        ["vrrp_garp_master_delay"] = (r, s) => r.Set(r._values.WholeSeconds(s, (long)SecondsMaximum), (d, v) => d with { GarpDelay = v }),
        ["vrrp_garp_master_refresh"] = (r, s) => r.Set(r._values.WholeSeconds(s, uint.MaxValue), (d, v) => d with { GarpRefresh = v }),
        ["vrrp_garp_master_refresh_repeat"] = (r, s) => r.Set(r._values.AtLeastOne(s), (d, v) => d with { GarpRefreshRepeat = v }),
        ["vrrp_garp_lower_prio_repeat"] = (r, s) => r.Set(r._values.Integer(s, 0, int.MaxValue), (d, v) => d with { GarpLowerPriorityRepeat = (int)v }),
        ["vrrp_garp_lower_prio_delay"] = (r, s) => r.Set(r._values.WholeSeconds(s, (long)SecondsMaximum), (d, v) => d with { GarpLowerPriorityDelay = v }),
        ["vrrp_lower_prio_no_advert"] = (r, s) => r.Set(r._values.Boolean(s), (d, v) => d with { LowerPriorityNoAdvert = v }),
        ["vrrp_higher_prio_send_advert"] = (r, s) => r.Set(r._values.Boolean(s), (d, v) => d with { HigherPrioritySendAdvert = v }),
        ["vrrp_owner_ignore_adverts"] = (r, s) => r.Set(r._values.Boolean(s), (d, v) => d with { OwnerIgnoreAdverts = v }),
        ["vrrp_check_unicast_src"] = (r, s) => r.Set<bool>(r._values.Flag(s), (d, v) => d with { CheckUnicastSource = v }),
        ["vrrp_skip_check_adv_addr"] = (r, s) => r.Set(r._values.Boolean(s), (d, v) => d with { SkipCheckAdvertisedAddresses = v }),
        ["v3_checksum_as_v2"] = (r, s) => r.Set(r._values.Boolean(s), (d, v) => d with { Version3ChecksumAsVersion2 = v }),
    }.ToFrozenDictionary();

    /// <summary>Changes the defaults of the instances that follow; a null value was reported and changes nothing.</summary>
    private void Set<T>(T? value, Func<InstanceDefaults, T, InstanceDefaults> change)
        where T : struct
    {
        if (value is { } good)
        {
            Defaults = change(Defaults, good);
        }
    }

    private void ReadDynamicInterfaces(Statement statement)
    {
        Settings = Settings with { DynamicInterfaces = true };
        if (statement.Words.Length > 1 && statement.Words[1].Text == "allow_if_changes")
        {
            _values.Log.Warning(
                DiagnosticCodes.NotYetInForce,
                statement.SpanOf(statement.Words[1]),
                "'allow_if_changes' is not yet in force: an interface that comes back as another type is treated like any other");
            _values.IgnoreFrom(statement, 2);
        }
        else
        {
            _values.IgnoreFrom(statement, 1);
        }
    }

    private void ReadMulticastGroup(Statement statement)
    {
        if (_values.MulticastGroup(statement) is { } group)
        {
            Settings = Settings with { MulticastGroup4 = group };
        }
    }

    private void ReadRealTimeLimit(Statement statement)
    {
        if (_values.Integer(statement, 1, uint.MaxValue) is { } limit)
        {
            Settings = Settings with { RealTimeLimitMicroseconds = limit };
        }
    }

    private void ReadScriptUser(Statement statement)
    {
        if (statement.Words.Length < 2)
        {
            _values.One(statement);
            return;
        }

        _values.IgnoreFrom(statement, 3);
        Settings = Settings with
        {
            ScriptUser = statement.Words[1].Text,
            ScriptGroup = statement.Words.Length > 2 ? statement.Words[2].Text.TrimStart(':') : null,
        };
    }

    private void CheckIncludeCheck(Statement statement)
    {
        IncludeCheckWords.Apply(statement, IncludeChecks.None, out Word? unknown);
        if (unknown is { } word)
        {
            _values.Log.Error(
                DiagnosticCodes.UnknownValue,
                statement.SpanOf(word),
                $"include_check '{word.Text}' is unknown, allowed {IncludeCheckWords.Allowed}, after + or - to change the set");
        }
    }
}
