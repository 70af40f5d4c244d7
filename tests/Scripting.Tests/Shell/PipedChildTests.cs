using System.Text;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Scripting.Tests.Support;

namespace Keepalived.Es.Scripting.Tests.Shell;

public sealed class PipedChildTests : IDisposable
{
    private readonly ScriptRunner _runner = new(TimeProvider.System);

    public void Dispose() => _runner.Dispose();

    [Fact]
    public async Task What_is_written_comes_back_and_the_end_of_input_ends_it()
    {
        using PipedChild child = Sh("cat; echo bye >&2; exit 7");
        byte[] sent = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i} ")));
        Task writing = Task.Run(async () =>
        {
            await child.Input.WriteAsync(sent);
            await child.Input.DisposeAsync();
        });
        using var received = new MemoryStream();
        await child.Output.CopyToAsync(received);
        await writing;
        ShellOutcome outcome = await Ends.Async(child.Exit, "cat");
        Assert.Equal(sent, received.ToArray());
        Assert.Equal((7, null, "bye\n"), (outcome.ExitCode, outcome.Signal, outcome.OutputTail));
    }

    [Fact]
    public async Task It_has_three_descriptors_and_its_own_group()
    {
        using PipedChild child = Sh("ls /proc/$$/fd; cut -d' ' -f5 /proc/$$/stat");
        using var reader = new StreamReader(child.Output);
        string[] lines = (await reader.ReadToEndAsync()).Split('\n');
        Assert.Equal(["0", "1", "2", $"{child.Id}"], lines[..4]);
    }

    [Fact]
    public async Task The_tail_of_its_errors_can_be_seen_while_it_runs()
    {
        using PipedChild child = Sh("echo trouble >&2; cat");
        await Ends.UntilAsync(() => child.ErrorTail == "trouble\n");
        Assert.False(child.Exit.IsCompleted);
    }

    [Fact]
    public async Task One_that_never_reads_does_not_block_the_writer_for_ever()
    {
        using PipedChild child = Sh("sleep 300");
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await child.Input.WriteAsync(new byte[16 * 1024 * 1024], patience.Token));
        child.Kill();
        Assert.Equal(9, (await Ends.Async(child.Exit, "sleep")).Signal);
    }

    [Fact]
    public async Task Killing_ends_the_streams_and_its_children()
    {
        using PipedChild child = Sh("sleep 300 & echo $!; sleep 301");
        using var reader = new StreamReader(child.Output);
        string pid = (await reader.ReadLineAsync())!;
        child.Kill();
        Assert.Equal(9, (await Ends.Async(child.Exit, "sleep")).Signal);
        Assert.Null(await reader.ReadLineAsync());
        await Ends.UntilAsync(() => Ends.IsGone(pid));
        await Ends.UntilAsync(() => IsRefused(child.Input));     // the kernel closes a dead process' descriptors one by one, in no stated order
        child.Kill();
    }

    [Fact]
    public async Task A_time_limit_holds_for_it_too()
    {
        using PipedChild child = _runner.StartPiped(new ShellRequest(["/bin/cat"]) { TimeLimit = TimeSpan.FromMilliseconds(100) });
        ShellOutcome outcome = await Ends.Async(child.Exit, "cat");
        Assert.Equal((15, true), (outcome.Signal, outcome.TimedOut));
    }

    private static bool IsRefused(Stream input)
    {
        try
        {
            input.WriteByte(0);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private PipedChild Sh(string script) => _runner.StartPiped(new ShellRequest(["/bin/sh", "-c", script]));
}
