using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Hooks;

/// <summary>Scripts as they are on this host: the text of a configuration alone cannot tell.</summary>
public sealed class ScriptAuditTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_script_that_is_missing_or_cannot_be_executed_is_named_and_left_out()
    {
        File.WriteAllText(_directory["plain"], "#!/bin/sh\n");
        ConfigParse parse = Examine($"notify_master /no/such/script\nnotify_backup {_directory["plain"]}\nnotify_fault /bin/true no-such-user\nnotify no-such-program\nnotify_stop /bin/true");
        Assert.Equal(["KA0406", "KA0406", "KA0407", "KA0409"], Codes(parse).Order(StringComparer.Ordinal));
        Assert.Contains("notify_master of VI_1 is not run: there is no '/no/such/script'", Messages(parse));
        Assert.Contains($"notify_backup of VI_1 is not run: {_directory["plain"]} is not executable (mend it with: chmod u+x {_directory["plain"]})", Messages(parse));
        Assert.Contains("notify_fault of VI_1 is not run: there is no user 'no-such-user'", Messages(parse));
        Assert.Contains("notify of VI_1 is not run: there is no 'no-such-program' in PATH", Messages(parse));
        NotifyScripts left = parse.Config!.Instances[0].Notify;
        Assert.Equal((true, true, true, true, false), (left.Master is null, left.Backup is null, left.Fault is null, left.Any is null, left.Stop is null));
    }

    [Fact]
    public void An_instance_does_not_track_a_script_that_is_left_out()
    {
        ConfigParse parse = Examine("track_script {\ngone\nthere\n}", "vrrp_script gone {\nscript /no/such/script\n}\nvrrp_script there {\nscript \"</etc/passwd\"\n}\n");
        Assert.Equal(["KA0406"], Codes(parse));
        Assert.Equal(["there"], parse.Config!.Scripts.Select(script => script.Name));
        Assert.Equal(["there"], parse.Config.Instances[0].TrackScripts.Select(tracked => tracked.Script));
    }

    [Fact]
    public void What_keeps_a_file_in_JavaScript_from_being_loaded_is_named_with_its_place()
    {
        File.WriteAllText(_directory["hook.js"], "function notify_master(ctx) {\n  let a = 1;\n}\n");
        string message = Assert.Single(Messages(Examine($"notify_master {_directory["hook.js"]}")));
        Assert.StartsWith($"notify_master of VI_1 cannot be loaded: {_directory["hook.js"]}:2:3: 'let' is newer than ES5", message, StringComparison.Ordinal);
    }

    [LabFact]
    public void With_script_security_the_component_that_another_could_change_is_named_with_its_remedy()
    {
        Directory.CreateDirectory(_directory["open"]);
        string script = Path.Combine(_directory["open"], "run.sh");
        File.WriteAllText(script, "#!/bin/sh\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.SetUnixFileMode(_directory["open"], (UnixFileMode)0b111_101_111);
        ConfigParse parse = Examine($"notify_master {script}", "global_defs {\nscript_user root\nenable_script_security\n}\n");
        Assert.Equal(
            [$"notify_master of VI_1 is not run: {_directory["open"]}: mode 0757, writable by others (mend it with: chmod o-w {_directory["open"]})"], Messages(parse));
        Assert.Null(parse.Config!.Instances[0].Notify.Master);
        File.SetUnixFileMode(_directory["open"], (UnixFileMode)0b111_101_101);
        Assert.Empty(Examine($"notify_master {script}", "global_defs {\nscript_user root\nenable_script_security\n}\n").Diagnostics);
    }

    [LabFact]
    public void Without_script_security_scripts_of_root_are_warned_of_once_and_run()
    {
        ConfigParse parse = Examine("notify_master /bin/true\nnotify_backup /bin/true", "global_defs {\nscript_user root\n}\n");
        ConfigDiagnostic only = Assert.Single(parse.Diagnostics);
        Assert.StartsWith("SECURITY VIOLATION - scripts are being executed but script_security not enabled.", only.Message, StringComparison.Ordinal);
        Assert.Equal(ConfigReport.Security, ConfigReport.ExitCode(parse));
        Assert.NotNull(parse.Config!.Instances[0].Notify.Master);
    }

    private ConfigParse Examine(string lines, string before = "")
    {
        File.WriteAllText(
            _directory["keepalived.conf"], $"{before}vrrp_instance VI_1 {{\ninterface eth0\nvirtual_router_id 51\nvirtual_ipaddress {{\n192.0.2.10\n}}\n{lines}\n}}\n");
        ConfigParse parse = ConfigTest.Read(CommandLine.Parse(["-f", _directory["keepalived.conf"]]));
        Assert.NotNull(parse.Config);
        return parse;
    }

    private static string[] Codes(ConfigParse parse) => [.. parse.Diagnostics.Select(found => found.Code).Where(code => code != DiagnosticCodes.ScriptSecurityOff)];

    private static string[] Messages(ConfigParse parse) =>
        [.. parse.Diagnostics.Where(found => found.Code != DiagnosticCodes.ScriptSecurityOff).Select(found => found.Message)];
}
