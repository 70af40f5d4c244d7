using System.Diagnostics;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Scripting.Tests.Support;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.Shell;

public sealed class ScriptRunnerTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kes-test-");
    private readonly CancellationTokenSource _cancel = new();
    private readonly ScriptRunner _runner = new(TimeProvider.System);

    public void Dispose()
    {
        _runner.Dispose();
        _cancel.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 1", 1, null)]
    [InlineData("exit 127", 127, null)]
    [InlineData("exit 137", 137, null)]                          // not signal 9, though a shell would print the same
    [InlineData("exit 255", 255, null)]
    [InlineData("kill -TERM $$", null, 15)]
    [InlineData("kill -KILL $$", null, 9)]
    [InlineData("kill -HUP $$", null, 1)]
    [InlineData("kill -PIPE $$", null, 13)]
    [InlineData("sh -c 'kill -KILL $$'; exit $?", 137, null)]    // the signal was not this program's
    public async Task An_exit_code_and_a_signal_are_told_apart(string script, int? code, int? signal)
    {
        ShellOutcome outcome = await Sh(script);
        Assert.Equal((code, signal, null), (outcome.ExitCode, outcome.Signal, outcome.Error));
    }

    [Fact]
    public async Task No_shell_reads_the_arguments()
    {
        string[] arguments = ["", " ", "a b", "$HOME", "`id`", "*", "'", "\"", "\\", "a\nb", "-n", "--", "é漢\U0001F600"];
        ShellOutcome outcome = await Run(["/usr/bin/printf", "[%s]", .. arguments]);
        Assert.Equal(string.Concat(arguments.Select(argument => $"[{argument}]")), outcome.OutputTail);
    }

    [Theory]
    [InlineData("missing", "No such file or directory")]
    [InlineData("directory", "Permission denied")]
    [InlineData("not-executable", "Permission denied")]
    [InlineData("interpreter-missing", "No such file or directory")]
    [InlineData("dangling", "No such file or directory")]
    [InlineData("missing/below", "No such file or directory")]
    public async Task A_program_that_cannot_be_started_is_an_error_that_names_it(string name, string problem)
    {
        Directory.CreateDirectory(At("directory"));
        Script("not-executable", "#!/bin/sh\n", executable: false);
        Script("interpreter-missing", "#!/no/such/interpreter\n");
        File.CreateSymbolicLink(At("dangling"), "nowhere");
        ShellOutcome outcome = await Run([At(name)]);
        Assert.Equal((null, null, $"{At(name)}: {problem}", ""), (outcome.ExitCode, outcome.Signal, outcome.Error, outcome.OutputTail));
    }

    [Fact]
    public async Task An_argument_with_a_NUL_is_refused_instead_of_cut() =>
        Assert.Contains("NUL", (await Run(["/bin/echo", "a\0b"])).Error, StringComparison.Ordinal);

    [Fact]
    public async Task A_script_without_its_first_line_is_read_by_sh()
    {
        Script("plain", "echo \"$0 $1 [$2]\"; exit 3\n");
        ShellOutcome outcome = await Run([At("plain"), "a", "b c"]);
        Assert.Equal((3, $"{At("plain")} a [b c]\n"), (outcome.ExitCode, outcome.OutputTail));
    }

    [Fact]
    public async Task A_name_alone_is_looked_up_in_the_path()
    {
        Assert.Equal(0, (await Run(["true"])).ExitCode);
        Assert.Equal("no-such-program: No such file or directory", (await Run(["no-such-program"])).Error);
    }

    [Fact]
    public async Task It_runs_in_its_own_group_in_the_root_without_input_signals_or_descriptors_of_ours()
    {
        using FileStream ours = File.OpenRead("/proc/self/stat");
        ShellOutcome outcome = await Sh("""
            cut -d' ' -f5 /proc/$$/stat; echo $$; pwd; cat; grep -E '^Sig(Ign|Blk)' /proc/$$/status | cut -f2; ls /proc/self/fd
            """);
        string[] lines = outcome.OutputTail.Split('\n');
        Assert.Equal(lines[1], lines[0]);
        Assert.Equal(["/", "0000000000000000", "0000000000000000"], lines[2..5]);
        Assert.Equal(["0", "1", "2", "3"], lines[5..9]);         // the last is the folder that ls reads
    }

    [Fact]
    public async Task It_sees_our_environment() =>
        Assert.Equal(Environment.GetEnvironmentVariable("PATH") + "\n", (await Sh("echo \"$PATH\"")).OutputTail);

    [Fact]
    public async Task Both_outputs_are_kept_in_their_order() =>
        Assert.Equal("1\n2\n3\n4\n", (await Sh("echo 1; echo 2 >&2; echo 3; echo 4 >&2")).OutputTail);

    [Theory]
    [InlineData("yes 0123456789 | head -c 1000000", "0123456789")]
    [InlineData("head -c 1000000 /dev/zero | tr '\\0' x", "xxxxxxxxxx")]
    public async Task Only_the_end_of_a_long_output_is_kept(string script, string part)
    {
        ShellOutcome outcome = await Sh(script);
        Assert.Equal(ShellRequest.DefaultOutputLimit, outcome.OutputTail.Length);
        Assert.Contains(part, outcome.OutputTail, StringComparison.Ordinal);
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task Binary_output_is_text_with_replacements()
    {
        ShellOutcome outcome = await Sh("head -c 300000 /dev/urandom; printf '\\377end'");
        Assert.InRange(outcome.OutputTail.Length, 1, ShellRequest.DefaultOutputLimit);
        Assert.EndsWith("\ufffdend", outcome.OutputTail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_leaves_running_is_not_waited_for_and_lives_on_while_it_prints()
    {
        ShellOutcome outcome = await Sh($"(while :; do echo more; echo x >> {At("alive")}; done) & echo $! > {At("left")}");
        int left = int.Parse(File.ReadAllText(At("left")));      // in a file: its own output may have pushed everything else out of the tail
        try
        {
            long size = Size("alive");
            await Ends.UntilAsync(() => Size("alive") > size + 100_000);      // each stands for five bytes: more than a pipe holds
        }
        finally
        {
            Process.GetProcessById(left).Kill();
        }

        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task A_silent_one_that_holds_the_output_is_not_waited_for()
    {
        ShellOutcome outcome = await Sh("sleep 300 & echo $!");
        Process.GetProcessById(int.Parse(outcome.OutputTail)).Kill();
        Assert.Equal(0, outcome.ExitCode);
    }

    [Fact]
    public async Task One_that_closes_its_output_is_waited_for() =>
        Assert.Equal(7, (await Sh($"exec >&- 2>&-; while [ ! -e {At("go")} ]; do : > {At("go")}; done; exit 7")).ExitCode);

    [Fact]
    public async Task Cancelling_kills_the_whole_group()
    {
        Task<ShellOutcome> running = Sh($"(sleep 301; echo no) & echo $! > {At("pids")}; sh -c 'echo $$ >> {At("pids")}; touch {At("ready")}; sleep 302'");
        await Ends.UntilAsync(() => File.Exists(At("ready")));
        await _cancel.CancelAsync();
        ShellOutcome outcome = await running;
        Assert.Equal((null, 9), (outcome.ExitCode, outcome.Signal));
        foreach (string pid in File.ReadAllLines(At("pids")))
        {
            await Ends.UntilAsync(() => Ends.IsGone(pid));
        }
    }

    [Fact]
    public async Task One_that_ignores_every_request_is_killed_all_the_same()
    {
        Task<ShellOutcome> running = Sh($"trap '' TERM INT HUP; touch {At("ready")}; while :; do :; done");
        await Ends.UntilAsync(() => File.Exists(At("ready")));
        await _cancel.CancelAsync();
        Assert.Equal(9, (await running).Signal);
    }

    [Fact]
    public async Task Nothing_is_started_once_it_is_cancelled()
    {
        await _cancel.CancelAsync();
        ShellOutcome outcome = await Sh($"touch {At("started")}");
        Assert.Equal("/bin/sh: not started: cancelled before", outcome.Error);
        Assert.False(File.Exists(At("started")));
    }

    [Fact]
    public async Task Many_run_at_once_and_none_takes_anothers_outcome()
    {
        ShellOutcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Sh($"echo {i}; exit {i}")));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => ((int?)i, $"{i}\n")), outcomes.Select(outcome => (outcome.ExitCode, outcome.OutputTail)));
    }

    [Fact]
    public async Task The_runtimes_own_children_are_not_disturbed()
    {
        Task<ShellOutcome> ours = Sh($"while [ ! -e {At("go")} ]; do sleep 0.01; done; exit 5");
        using Process theirs = Process.Start("/bin/sh", ["-c", "exit 6"]);
        await theirs.WaitForExitAsync();
        File.WriteAllText(At("go"), "");
        Assert.Equal((6, 5), (theirs.ExitCode, (await ours).ExitCode));
    }

    [Theory]
    [InlineData("no-such-user", null, "there is no user 'no-such-user'")]
    [InlineData(null, "no-such-group", "there is no group 'no-such-group'")]
    [InlineData("", null, "there is no user ''")]
    public async Task An_account_that_does_not_exist_is_an_error(string? user, string? group, string problem) =>
        Assert.Equal($"/bin/true: {problem}", (await _runner.RunAsync(new ShellRequest(["/bin/true"]) { User = user, Group = group }, _cancel.Token)).Error);

    [LabFact("chroot")]
    public async Task Another_user_has_his_own_group_and_no_other()
    {
        Assert.Equal("65534\n65534\n65534\n", await IdsAsync("nobody", null));
        Assert.Equal("65534\n0\n0\n", await IdsAsync("nobody", "root"));
        Assert.Equal("0\n65534\n65534\n", await IdsAsync(null, "nogroup"));
        Assert.Equal("4711\n12\n12\n", await IdsAsync("4711", "12"));
        Assert.Equal("65534\n65534\n65534\n", await IdsAsync("65534", null));
    }

    [LabFact("chroot")]
    public async Task Another_user_has_no_capability_and_executes_only_what_he_may()
    {
        Script("his", "#!/bin/sh\npwd; grep -h ^Cap[IPEA] /proc/self/status\n");
        File.SetUnixFileMode(_directory.FullName, (UnixFileMode)0b111_101_101);
        var request = new ShellRequest([At("his")]) { User = "nobody", WorkingDirectory = "/usr" };
        File.SetUnixFileMode(At("his"), (UnixFileMode)0b111_101_100);
        Assert.Equal(126, (await _runner.RunAsync(request, _cancel.Token)).ExitCode);
        File.SetUnixFileMode(At("his"), (UnixFileMode)0b111_101_101);
        string[] lines = (await _runner.RunAsync(request, _cancel.Token)).OutputTail.TrimEnd().Split('\n');
        Assert.Equal("/usr", lines[0]);
        Assert.Equal(4, lines[1..].Count(line => line.EndsWith("\t0000000000000000", StringComparison.Ordinal)));
    }

    [LabFact("chroot")]
    public async Task Another_users_program_is_killed_too()
    {
        Task<ShellOutcome> running = _runner.RunAsync(new ShellRequest(["/bin/sh", "-c", "sleep 303"]) { User = "nobody" }, _cancel.Token);
        await _cancel.CancelAsync();
        ShellOutcome outcome = await running;
        Assert.True(outcome.Signal == 9 || outcome.Error is not null, $"{outcome}");
    }

    private async Task<string> IdsAsync(string? user, string? group) =>
        (await _runner.RunAsync(new ShellRequest(["/bin/sh", "-c", "id -u; id -g; id -G"]) { User = user, Group = group }, _cancel.Token)).OutputTail;

    private Task<ShellOutcome> Sh(string script) => Run(["/bin/sh", "-c", script]);

    private Task<ShellOutcome> Run(string[] command) => Ends.Async(_runner.RunAsync(new ShellRequest(command), _cancel.Token), string.Join(' ', command));

    private long Size(string name) => new FileInfo(At(name)) is { Exists: true } file ? file.Length : 0;

    private string At(string name) => Path.Combine(_directory.FullName, name);

    private void Script(string name, string text, bool executable = true)
    {
        File.WriteAllText(At(name), text);
        File.SetUnixFileMode(At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | (executable ? UnixFileMode.UserExecute : 0));
    }
}
