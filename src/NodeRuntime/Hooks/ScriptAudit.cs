using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.JavaScript.Checking;
using Keepalived.Es.Scripting.Security;
using Keepalived.Es.Scripting.Shell;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>
/// Looks at the scripts of a configuration as they are on this host: a script that is missing, cannot be executed or, with
/// <c>enable_script_security</c>, could be changed by somebody else than root is taken out, as keepalived does, and said with its place.
/// </summary>
internal sealed class ScriptAudit
{
    private const string DefaultUser = "keepalived_script";

    private readonly List<ConfigDiagnostic> _found = [];
    private readonly GlobalSettings _global;
    private ScriptCommand? _firstAsRoot;

    private ScriptAudit(GlobalSettings global) => _global = global;

    /// <summary>The configuration without the scripts that cannot or must not be run, and with the reasons; unchanged when it has errors.</summary>
    internal static ConfigParse Examine(ConfigParse parse)
    {
        if (parse.Config is not { } config)
        {
            return parse;
        }

        GlobalSettings global = config.Global;
        if (global.ScriptUser is null && Account.Find(DefaultUser, null, out _) is not null)
        {
            global = global with { ScriptUser = DefaultUser };
        }

        var audit = new ScriptAudit(global);
        KeepalivedConfig examined = audit.Examine(config with { Global = global });
        audit.WarnOfInsecurity();
        return parse with { Config = examined, Diagnostics = [.. parse.Diagnostics, .. audit._found] };
    }

    private KeepalivedConfig Examine(KeepalivedConfig config)
    {
        ImmutableArray<VrrpScriptSettings> scripts = [.. config.Scripts.Where(script => Usable(script.Script, $"vrrp_script {script.Name}"))];
        HashSet<string> names = [.. scripts.Select(script => script.Name)];
        LvsSettings lvs = config.Lvs with
        {
            VirtualServers = [.. config.Lvs.VirtualServers.Select(Examine)],
            Fifo = Examine(config.Lvs.Fifo, "lvs_notify_fifo_script"),
        };
        return config with
        {
            Scripts = scripts,
            Lvs = lvs,
            Instances = [.. config.Instances.Select(instance => instance with
            {
                Notify = Examine(instance.Notify, instance.Vrrp.Instance),
                TrackScripts = [.. instance.TrackScripts.Where(tracked => names.Contains(tracked.Script))],
            })],
            SyncGroups = [.. config.SyncGroups.Select(group => group with { Notify = Examine(group.Notify, group.Name) })],
            Global = config.Global with
            {
                StartupScript = Kept(config.Global.StartupScript, script => script.Script, "startup_script"),
                ShutdownScript = Kept(config.Global.ShutdownScript, script => script.Script, "shutdown_script"),
                Fifo = Examine(config.Global.Fifo, "notify_fifo_script"),
                VrrpFifo = Examine(config.Global.VrrpFifo, "vrrp_notify_fifo_script"),
            },
        };
    }

    private NotifyScripts Examine(NotifyScripts scripts, string owner) => new(
        Kept(scripts.Master, script => script, $"notify_master of {owner}"),
        Kept(scripts.Backup, script => script, $"notify_backup of {owner}"),
        Kept(scripts.Fault, script => script, $"notify_fault of {owner}"),
        Kept(scripts.Stop, script => script, $"notify_stop of {owner}"),
        Kept(scripts.Any, script => script, $"notify of {owner}"),
        Kept(scripts.MasterReceivedLowerPriority, script => script, $"notify_master_rx_lower_pri of {owner}"),
        Kept(scripts.Deleted, script => script, $"notify_deleted of {owner}"),
        scripts.TellsDeleted);

    /// <returns>The same object where there is nothing to run: a reload then sees at once that nothing has changed.</returns>
    private VirtualServerSettings Examine(VirtualServerSettings server) => !HasScript(server) ? server : server with
    {
        QuorumUp = Kept(server.QuorumUp, script => script, $"quorum_up of {server.Name}"),
        QuorumDown = Kept(server.QuorumDown, script => script, $"quorum_down of {server.Name}"),
        RealServers = [.. server.RealServers.Select(real => real with
        {
            NotifyUp = Kept(real.NotifyUp, script => script, $"notify_up of {real.Key} of {server.Name}"),
            NotifyDown = Kept(real.NotifyDown, script => script, $"notify_down of {real.Key} of {server.Name}"),
            Checks = [.. real.Checks.Where(check => check is not MiscCheckSettings misc || Usable(misc.Script, $"MISC_CHECK of {real.Key} of {server.Name}"))],
        })],
    };

    private static bool HasScript(VirtualServerSettings server)
    {
        bool has = server.QuorumUp is not null || server.QuorumDown is not null;
        foreach (RealServerSettings real in server.RealServers)
        {
            has |= real.NotifyUp is not null || real.NotifyDown is not null;
            foreach (CheckSettings check in real.Checks)
            {
                has |= check is MiscCheckSettings;
            }
        }

        return has;
    }

    private FifoSettings? Examine(FifoSettings? fifo, string keyword) =>
        fifo is null ? null : fifo with { Script = Kept(fifo.Script, script => script, keyword) };

    private T? Kept<T>(T? holder, Func<T, ScriptCommand> script, string what)
        where T : class => holder is not null && Usable(script(holder), what) ? holder : null;

    private bool Usable(ScriptCommand script, string what)
    {
        string program = script.Command[0];
        if (program is ['<' or '>', ..])
        {
            return true;
        }

        (string? user, string? group) = script.User is null ? (_global.ScriptUser, _global.ScriptGroup) : (script.User, script.Group);
        if (Account.Find(user, group, out string? problem) is not { } account)
        {
            return Refuse(DiagnosticCodes.ScriptUserMissing, script, $"{what} is not run: {problem}");
        }

        if (ScriptSecurity.Resolve(program) is not { } path)
        {
            return Refuse(DiagnosticCodes.ScriptMissing, script, $"{what} is not run: there is no '{program}'{(program.Contains('/', StringComparison.Ordinal) ? "" : " in PATH")}");
        }

        bool isJavaScript = HookScript.IsInJavaScript(program);
        if (!isJavaScript && ScriptSecurity.Presence(program) == ProgramPresence.NotExecutable)
        {
            return Refuse(DiagnosticCodes.ScriptNotExecutable, script, $"{what} is not run: {path} is not executable (mend it with: chmod u+x {path})");
        }

        if (isJavaScript)
        {
            ReportProblems(path, script, what);
            return true;
        }

        _firstAsRoot ??= account.User == 0 ? script : null;
        if (account.User == 0 && !_global.ScriptSecurity)
        {
            return true;
        }

        return ScriptSecurity.Check(path, account.User, account.Group) is not { } finding
            || Refuse(DiagnosticCodes.ScriptInsecure, script, $"{what} is not run: {finding}");
    }

    /// <summary>A file that cannot be loaded stays in the configuration: it is read again when it changes.</summary>
    private void ReportProblems(string path, ScriptCommand script, string what)
    {
        try
        {
            foreach (ScriptProblem problem in ScriptCheck.Check(File.ReadAllText(path), HookLimits.Default.SourceBytes, HookLimits.Default.Nesting))
            {
                _found.Add(new ConfigDiagnostic(
                    DiagnosticCodes.ScriptProblem, Severity.Warning, script.Span, $"{what} cannot be loaded: {path}:{problem.Line}:{problem.Column}: {problem.Message}"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _found.Add(new ConfigDiagnostic(DiagnosticCodes.ScriptProblem, Severity.Warning, script.Span, $"{what} cannot be loaded: {e.Message}"));
        }
    }

    private bool Refuse(string code, ScriptCommand script, string message)
    {
        _found.Add(new ConfigDiagnostic(code, Severity.Warning, script.Span, message));
        return false;
    }

    private void WarnOfInsecurity()
    {
        if (_firstAsRoot is { } script && !_global.ScriptSecurity)
        {
            _found.Add(new ConfigDiagnostic(
                DiagnosticCodes.ScriptSecurityOff, Severity.Warning, script.Span,
                "SECURITY VIOLATION - scripts are being executed but script_security not enabled. Write enable_script_security and script_user in global_defs",
                DiagnosticClass.Security));
        }
    }
}
