using System.Diagnostics;
using System.Text.RegularExpressions;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

public sealed class UsageTests
{
    [Fact]
    public void The_help_is_as_agreed() => GoldenFile.Equal("help.txt", Usage.Text);

    [Fact]
    public void The_help_names_every_option_in_force_and_no_other()
    {
        Assert.All(CommandOption.All, option => Assert.Equal(option.Apply is not null, Regex.IsMatch(Usage.Text, $@"--{option.Long}(?![\w-])")));
    }

    [Fact]
    public void No_two_options_share_a_letter_or_a_name()
    {
        Assert.Distinct(CommandOption.All.Select(option => option.Long));
        Assert.Distinct(CommandOption.All.Where(option => option.Short != '\0').Select(option => option.Short));
    }

    [Theory]                                                     // arguments -> exit code, standard output, standard error
    [InlineData("--help", 0, "Usage: keepalived-es", "")]
    [InlineData("--version", 0, "Keepalived.Es v", "")]
    [InlineData("--signum=JSON", 0, "36\n", "")]
    [InlineData("--signum=reload", 1, "", "keepalived-es: Unknown sigfunc reload, allowed: STOP")]
    [InlineData("--nothing", 1, "", "keepalived-es: unknown option --nothing")]
    [InlineData("-n -l --node-config=/no/such/node.yaml", 1, "", "keepalived-es: /no/such/node.yaml: ")]
    [InlineData("-n -l -f /no/such/keepalived.conf", 6, "", "/no/such/keepalived.conf")]
    [InlineData("-t -f /no/such/keepalived.conf", 4, "", "/no/such/keepalived.conf")]
    public async Task The_program_answers(string arguments, int code, string output, string error)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "keepalived-es"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process program = Process.Start(start)!;
        Task<string> errors = program.StandardError.ReadToEndAsync();
        string said = await program.StandardOutput.ReadToEndAsync();
        string complained = await errors;
        await program.WaitForExitAsync();
        Assert.True(program.ExitCode == code, $"exit code {program.ExitCode}: {said} {complained}");
        Assert.Contains(output, said, StringComparison.Ordinal);
        Assert.Contains(error, complained, StringComparison.Ordinal);
    }
}
