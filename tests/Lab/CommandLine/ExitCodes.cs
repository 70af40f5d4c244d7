using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.CommandLine;

/// <summary>What an operator and a service manager see of the program: exit codes and one line that says what to do.</summary>
public sealed class ExitCodes
{
    [LabFact]
    public async Task Version_and_help_are_printed()
    {
        CommandResult version = await RunAsync("-v");
        Assert.Equal((0, true), (version.ExitCode, version.Output.StartsWith("Keepalived.Es v", StringComparison.Ordinal)));
        CommandResult help = await RunAsync("--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("--use-file=FILE", help.Output, StringComparison.Ordinal);
    }

    [LabTheory]
    [InlineData("--nonsense", "--nonsense")]
    [InlineData("-Q", "-Q")]
    [InlineData("-f", "needs a value")]
    [InlineData("word", "'word'")]
    public async Task A_command_line_that_is_wrong_is_refused_with_1(string argument, string named)
    {
        CommandResult result = await RunAsync("-n", argument);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }

    [LabTheory("keepalived")]
    [InlineData("STOP", "15")]
    [InlineData("RELOAD", "1")]
    [InlineData("DATA", "10")]
    [InlineData("STATS", "12")]
    [InlineData("STATS_CLEAR", "63")]
    [InlineData("JSON", "36")]
    public async Task Signals_have_keepalived_numbers(string name, string number)
    {
        CommandResult ours = await RunAsync($"--signum={name}");
        CommandResult theirs = await Command.RunAsync("keepalived", [$"--signum={name}"]);
        Assert.Equal((0, number), (theirs.ExitCode, theirs.Output.Trim()));
        Assert.Equal((0, number), (ours.ExitCode, ours.Output.Trim()));
    }

    [LabFact("keepalived")]
    public async Task A_signal_that_is_unknown_is_refused_as_keepalived_does()
    {
        CommandResult theirs = await Command.RunAsync("keepalived", ["--signum=NONSENSE"]);
        Assert.Equal(theirs.ExitCode, (await RunAsync("--signum=NONSENSE")).ExitCode);
    }

    [LabTheory("keepalived")]
    [InlineData("", 0)]
    [InlineData("    nonsense\n", 5)]
    [InlineData("    priority 300\n", 5)]
    public async Task The_configuration_test_agrees_with_keepalived(string line, int expected)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        File.WriteAllText(a.ConfigurationFile, (VrrpText.Version2 with { More = line }).For(a, 101));
        Assert.Equal(expected, (await InAsync(a, Programs.KeepalivedEs, "-t", "-f", a.ConfigurationFile)).ExitCode);
        Assert.Equal(expected, (await InAsync(a, "keepalived", "-t", "-f", a.ConfigurationFile)).ExitCode);
    }

    [LabFact]
    public async Task A_configuration_that_is_not_there_ends_the_start_with_6_and_the_test_with_4()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        CommandResult run = await StartAsync(a);
        Assert.Equal(6, run.ExitCode);
        Assert.Contains(a.ConfigurationFile, run.Error, StringComparison.Ordinal);
        CommandResult test = await InAsync(a, Programs.KeepalivedEs, "-t", "-f", a.ConfigurationFile);
        Assert.Equal(4, test.ExitCode);
        Assert.Contains(a.ConfigurationFile, test.Error, StringComparison.Ordinal);
    }

    [LabFact]
    public async Task A_configuration_that_cannot_run_ends_the_start_with_2_and_says_where()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string without = VrrpText.Version2.For(a, 101).Replace("virtual_router_id 51", "", StringComparison.Ordinal);
        File.WriteAllText(a.ConfigurationFile, without);
        CommandResult run = await StartAsync(a);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{a.ConfigurationFile}:1:", run.Error, StringComparison.Ordinal);
        Assert.Contains("virtual_router_id", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(a.PidFile));
    }

    [LabFact("setpriv")]
    public async Task Without_the_capabilities_it_ends_with_4_and_names_the_remedy()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        File.WriteAllText(a.ConfigurationFile, VrrpText.Version2.For(a, 101));
        string[] asNobody = ["--reuid", "nobody", "--clear-groups", Programs.KeepalivedEs, .. StartArguments(a)];
        CommandResult run = await InAsync(a, "setpriv", asNobody);
        Assert.Equal((4, true), (run.ExitCode, run.Error.Contains("CAP_NET_ADMIN", StringComparison.Ordinal)));
        Assert.Contains("AmbientCapabilities", run.Error, StringComparison.Ordinal);
    }

    [LabTheory]
    [InlineData("control-plane:\n  url: http://10.51.0.10:7340\n  token-file: /nonexistent/token\n", "/nonexistent/token")]
    [InlineData("control-plane:\n  url: http://10.51.0.10:7340\n  ca: /nonexistent/ca.pem\n", "/nonexistent/ca.pem")]
    [InlineData("control-plane:\n  url: nonsense\n", "node.yaml:5:")]
    [InlineData("nonsense: 1\n", "node.yaml:4:")]
    [InlineData("node: [\n", "node.yaml:")]
    public async Task Settings_that_are_wrong_end_the_start_and_leave_nothing_behind(string settings, string named)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        File.WriteAllText(a.ConfigurationFile, VrrpText.Version2.For(a, 101));
        a.WriteSettings(settings);
        CommandResult run = await StartAsync(a);
        Assert.Equal((1, true), (run.ExitCode, run.Error.Contains(named, StringComparison.Ordinal)));
        Assert.False(File.Exists(a.PidFile), $"the pid file is left behind: {run}");
        Assert.False(await a.HoldsAsync(NetnsLab.Vip));
    }

    private static Task<CommandResult> RunAsync(params IEnumerable<string> arguments) => Command.RunAsync(Programs.KeepalivedEs, arguments);

    private static Task<CommandResult> InAsync(LabNode node, string program, params IEnumerable<string> arguments) =>
        Command.RunAsync("ip", ["netns", "exec", node.Namespace, program, .. arguments]);

    private static Task<CommandResult> StartAsync(LabNode node) => InAsync(node, Programs.KeepalivedEs, StartArguments(node));

    private static string[] StartArguments(LabNode node) =>
        ["-n", "-l", "-f", node.ConfigurationFile, "-p", node.PidFile, $"--node-config={node.SettingsFile}"];
}
