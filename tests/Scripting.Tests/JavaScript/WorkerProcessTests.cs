using System.Diagnostics;
using System.Globalization;
using Keepalived.Es.Scripting.JavaScript;
using Keepalived.Es.Scripting.JavaScript.Parent;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.JavaScript;

public sealed class WorkerProcessTests : IDisposable
{
    private readonly ScriptRunner _runner = new(TimeProvider.System);

    public void Dispose() => _runner.Dispose();

    [Fact]
    public async Task A_worker_has_taken_its_own_rights_away()
    {
        await using var bench = new HookBench("function notify() {}");
        await bench.WarmAsync();
        string limits = await ReadAsync($"/proc/{bench.Hook.WorkerId}/limits");
        Assert.Matches(@"Max core file size +0 +0 ", limits);
        Assert.Matches(@"Max file size +0 +0 ", limits);
        Assert.Matches(@"Max open files +128 +128 ", limits);
        Assert.Matches(@"Max data size +603979776 +603979776 ", limits);
        Assert.Matches(@"NoNewPrivs:\s+1", await ReadAsync($"/proc/{bench.Hook.WorkerId}/status"));
    }

    [Fact]
    public async Task A_worker_inherits_neither_descriptors_nor_variables()
    {
        Environment.SetEnvironmentVariable("KES_TEST_SECRET", "hidden");
        using FileStream open = File.OpenRead("/etc/passwd");
        await using var bench = new HookBench("function notify() {}");
        await bench.WarmAsync();
        Assert.DoesNotContain("hidden", await ReadAsync($"/proc/{bench.Hook.WorkerId}/environ"), StringComparison.Ordinal);
        IEnumerable<string?> targets = Directory.GetFiles($"/proc/{bench.Hook.WorkerId}/fd").Select(file => new FileInfo(file).LinkTarget);
        Assert.DoesNotContain("/etc/passwd", targets);
        Assert.DoesNotContain(targets, target => target?.StartsWith("socket:", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_worker_ends_with_its_input()
    {
        await using WorkerProcess worker = WorkerProcess.Start(_runner, HookBench.Worker, HookLimits.Default.HeapBytes);
        worker.Input.Close();
        WorkerEnd end = await worker.EndAsync().WaitAsync(HookBench.Patience, TestContext.Current.CancellationToken);
        Assert.Equal((2, "--hook-worker is for the daemon's own use: it starts workers itself\n"), (end.ExitCode, end.ErrorHead));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 3, "a message of 542393671 bytes is too long")]
    [InlineData("\u0002\0\0\0{}", 2, "--hook-worker is for the daemon's own use")]
    [InlineData("\u0012\0\0\0{\"stackBytes\":1e6}", 2, "--hook-worker is for the daemon's own use")]
    [InlineData("\u0015\0\0\0{\"stackBytes\":200000}", 3, "a message of kind '' was not expected")]
    public async Task A_worker_that_hears_nonsense_ends_and_says_why(string bytes, int exit, string error)
    {
        await using WorkerProcess worker = WorkerProcess.Start(_runner, HookBench.Worker, HookLimits.Default.HeapBytes);
        await worker.Input.WriteAsync(System.Text.Encoding.Latin1.GetBytes(bytes), TestContext.Current.CancellationToken);
        worker.Input.Close();
        WorkerEnd end = await worker.EndAsync().WaitAsync(HookBench.Patience, TestContext.Current.CancellationToken);
        Assert.StartsWith(error, end.ErrorHead, StringComparison.Ordinal);
        Assert.Equal(exit, end.ExitCode);
    }

    [Theory]
    [InlineData("/no/such/program", null, "cannot start the worker /no/such/program: ")]
    [InlineData("/bin/true", null, "the worker ended with exit code 0")]
    [InlineData("/bin/yes", null, "the worker ended with exit code 137 (a message of 175704697 bytes is too long, allowed 0 to 1048576)")]
    [InlineData("/bin/true", "no-such-user", "cannot start the worker /bin/true: there is no user 'no-such-user'")]
    public async Task What_is_no_worker_is_named(string program, string? user, string error)
    {
        string file = Path.GetTempFileName();
        var command = new WorkerCommand(program, program == "/bin/yes" ? [] : [HookWorker.Verb], user);
        await using var hook = new JavaScriptHook(file, command, _runner, HookLimits.Default, [], new Unrecorded(), TimeProvider.System);
        HookLoad load = await hook.WarmAsync(TestContext.Current.CancellationToken);
        Assert.False(load.Ok);
        Assert.Contains(error, load.Error, StringComparison.Ordinal);
        File.Delete(file);
    }

    [LabFact("setpriv")]
    public async Task A_worker_runs_as_the_user_that_is_named()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "function notify() { return 1; }", TestContext.Current.CancellationToken);
        await using var hook = new JavaScriptHook(
            file, HookBench.Worker with { User = "nobody" }, _runner, HookLimits.Default, [], new Unrecorded(), TimeProvider.System);
        HookLoad load = await hook.WarmAsync(TestContext.Current.CancellationToken);
        Assert.True(load.Ok, load.Error);
        using Process id = Process.Start(new ProcessStartInfo("id", ["-u", "nobody"]) { RedirectStandardOutput = true })!;
        string uid = (await id.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
        Assert.Matches(string.Create(CultureInfo.InvariantCulture, $@"Uid:\s+{uid}\s+{uid}\s+{uid}"), await ReadAsync($"/proc/{hook.WorkerId}/status"));
        Assert.Matches(@"CapEff:\s+0000000000000000", await ReadAsync($"/proc/{hook.WorkerId}/status"));
        File.Delete(file);
    }

    private static Task<string> ReadAsync(string path) => File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);

    private sealed class Unrecorded : IHostCallRecorder
    {
        public void Record(HostCallRecord made) => throw new InvalidOperationException("no host call was expected");
    }
}
