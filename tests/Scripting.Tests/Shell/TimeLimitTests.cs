using System.Diagnostics;
using System.Globalization;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Scripting.Tests.Support;

namespace Keepalived.Es.Scripting.Tests.Shell;

/// <summary>Time limits, ends at the daemon's stop, and scripts that resist.</summary>
public sealed class TimeLimitTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kes-test-");
    private readonly CancellationTokenSource _cancel = new();
    private readonly ScriptRunner _runner = new(TimeProvider.System);

    public void Dispose()
    {
        _runner.Dispose();
        _cancel.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task At_the_limit_it_gets_SIGTERM_and_may_still_choose_its_exit_code()
    {
        ShellOutcome outcome = await Sh("trap 'echo asked; exit 9' TERM; while :; do sleep 0.01; done", Short);
        Assert.Equal((9, null, true, null), (outcome.ExitCode, outcome.Signal, outcome.TimedOut, outcome.Error));
        Assert.EndsWith("asked\n", outcome.OutputTail, StringComparison.Ordinal);  // the shell may say before that its sleep was terminated
        Assert.True(outcome.Duration >= Short, $"{outcome.Duration}");
    }

    [Fact]
    public async Task One_that_ignores_SIGTERM_is_killed_two_seconds_later()
    {
        ShellOutcome outcome = await Sh("trap '' TERM; while :; do sleep 0.05; done", Short);
        Assert.Equal((null, 9, true), (outcome.ExitCode, outcome.Signal, outcome.TimedOut));
        Assert.True(outcome.Duration >= Short + TimeSpan.FromSeconds(2), $"{outcome.Duration}");
    }

    [Fact]
    public async Task One_that_ends_in_time_has_not_timed_out()
    {
        ShellOutcome outcome = await Sh("exit 3", TimeSpan.FromMinutes(5));
        Assert.Equal((3, false), (outcome.ExitCode, outcome.TimedOut));
        Assert.Equal((3, false), await Of(Sh("exit 3", TimeSpan.MaxValue)));
    }

    [Fact]
    public async Task A_stopped_one_is_killed_too() => Assert.Equal((null, true), await Of(Sh("kill -STOP $$", Short)));

    [Fact]
    public async Task Fifty_children_that_ignore_SIGTERM_die_with_their_script_though_it_ends_at_once()
    {
        string forks = $"i=0; while [ $i -lt 50 ]; do (trap '' TERM; while :; do sleep 0.2; done) & echo $! >> {At("pids")}; i=$((i+1)); done";
        ShellOutcome outcome = await Sh($"{forks}; sleep 300", TimeSpan.FromSeconds(1));
        Assert.Equal((15, true), (outcome.Signal, outcome.TimedOut));
        string[] pids = File.ReadAllLines(At("pids"));
        Assert.Equal(50, pids.Length);
        foreach (string pid in pids)
        {
            await Ends.UntilAsync(() => Ends.IsGone(pid));
        }
    }

    [Fact]
    public async Task Endless_output_neither_grows_nor_holds_up_others()
    {
        Task<ShellOutcome>[] noisy = [.. Enumerable.Range(0, 4).Select(_ => Sh("yes; :", null))];
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal((i, false), await Of(Sh($"exit {i}", null)));
        }

        Assert.All(noisy, task => Assert.False(task.IsCompleted));
        await _cancel.CancelAsync();
        foreach (Task<ShellOutcome> task in noisy)
        {
            ShellOutcome outcome = await Ends.Async(task, "yes");
            Assert.Equal((9, ShellRequest.DefaultOutputLimit), (outcome.Signal, outcome.OutputTail.Length));
        }
    }

    [Fact]
    public async Task Cancelling_with_a_grace_asks_first()
    {
        Task<ShellOutcome> polite = Sh($"trap 'exit 5' TERM; touch {At("1")}; while :; do sleep 0.01; done", null, TimeSpan.FromMinutes(5));
        Task<ShellOutcome> deaf = Sh($"trap '' TERM; touch {At("2")}; while :; do sleep 0.01; done", null, Short);
        await Ends.UntilAsync(() => File.Exists(At("1")) && File.Exists(At("2")));
        await _cancel.CancelAsync();
        Assert.Equal((5, false), await Of(polite));
        Assert.Equal((9, false), ((await deaf).Signal, (await deaf).TimedOut));
    }

    [Fact]
    public async Task Ending_the_runner_ends_what_runs_and_refuses_what_comes()
    {
        var runner = new ScriptRunner(TimeProvider.System);
        Task<ShellOutcome> running = runner.RunAsync(new ShellRequest(["/bin/sh", "-c", $"trap '' TERM; touch {At("1")}; sleep 300"]), _cancel.Token);
        await Ends.UntilAsync(() => File.Exists(At("1")));
        runner.Dispose();
        Assert.Equal(9, (await Ends.Async(running, "killed")).Signal);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => runner.RunAsync(new ShellRequest(["/bin/true"]), _cancel.Token));
        runner.Dispose();
    }

    [Fact]
    public async Task Too_many_that_hold_a_pipe_lose_it()
    {
        string[] left = new string[ScriptReactor.MaximumLeftovers + 1];
        try
        {
            for (int i = 0; i < left.Length; i++)
            {
                left[i] = (await Sh($"(while :; do sleep 0.2; {(i == left.Length - 1 ? "echo x" : ":")}; done) & echo $!", null)).OutputTail.Trim();
            }

            await Ends.UntilAsync(() => Ends.IsGone(left[^1]));  // nobody reads what it prints
            Assert.DoesNotContain(left[..^1], Ends.IsGone);
        }
        finally
        {
            foreach (string pid in left.Where(pid => pid is not null && !Ends.IsGone(pid)))
            {
                Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture)).Kill();
            }
        }
    }

    [Fact]
    public async Task A_request_can_be_used_again_and_again_with_its_own_environment_and_directory()
    {
        var request = new ShellRequest(["/bin/sh", "-c", "echo $A-$PATH; pwd"])
        {
            Environment = new Dictionary<string, string> { ["A"] = "1", ["PATH"] = "/bin" },
            WorkingDirectory = _directory.FullName,
        };
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            Assert.Equal($"1-/bin\n{_directory.FullName}\n", (await _runner.RunAsync(request, _cancel.Token)).OutputTail);
        }
    }

    [Fact]
    public async Task A_script_that_could_not_be_started_can_be_later()
    {
        var request = new ShellRequest([At("late")]);
        Assert.NotNull((await _runner.RunAsync(request, _cancel.Token)).Error);
        File.WriteAllText(At("late"), "exit 4\n");
        File.SetUnixFileMode(At("late"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(4, (await _runner.RunAsync(request, _cancel.Token)).ExitCode);
    }

    [Fact]
    public async Task Output_that_nobody_wants_needs_no_pipe()
    {
        ShellOutcome outcome = await _runner.RunAsync(
            new ShellRequest(["/bin/sh", "-c", $"all=$(readlink /proc/$$/fd/1 /proc/$$/fd/2); echo nobody; echo \"$all\" > {At("out")}"]) { OutputLimit = 0 },
            _cancel.Token);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.OutputTail));
        Assert.Equal(["/dev/null", "/dev/null"], File.ReadAllLines(At("out")));
    }

    [Theory]
    [InlineData("/no/such/directory", 4096, 1, "working directory /no/such/directory: No such file or directory")]
    [InlineData("/", 4096, 0, null)]
    [InlineData("relative", 4096, 1, null)]
    [InlineData("/", -1, 1, null)]
    [InlineData("/", ShellRequest.MaximumOutputLimit + 1, 1, null)]
    public async Task What_is_not_allowed_is_said(string directory, int output, int seconds, string? problem)
    {
        var request = new ShellRequest(["/bin/true"]) { WorkingDirectory = directory, OutputLimit = output, TimeLimit = TimeSpan.FromSeconds(seconds) };
        if (problem is null)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => _runner.RunAsync(request, _cancel.Token));
            return;
        }

        Assert.Equal($"/bin/true: {problem}", (await _runner.RunAsync(request, _cancel.Token)).Error);
    }

    private static async Task<(int? ExitCode, bool TimedOut)> Of(Task<ShellOutcome> running)
    {
        ShellOutcome outcome = await Ends.Async(running, "the script");
        return (outcome.ExitCode, outcome.TimedOut);
    }

    private Task<ShellOutcome> Sh(string script, TimeSpan? limit, TimeSpan terminateFirst = default) =>
        _runner.RunAsync(new ShellRequest(["/bin/sh", "-c", script]) { TimeLimit = limit, TerminateFirst = terminateFirst }, _cancel.Token);

    private string At(string name) => Path.Combine(_directory.FullName, name);
}
