using System.Text;
using Keepalived.Es.Scripting.Fifo;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Scripting.Tests.Support;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.Fifo;

public sealed class NotifyFifoTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kes-test-");
    private readonly ScriptRunner _runner = new(TimeProvider.System);

    public void Dispose()
    {
        _runner.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("INSTANCE", "MASTER_PRIORITY", 150, "INSTANCE \"VI 1\" MASTER_PRIORITY 150\n")]
    [InlineData("GROUP", "FAULT", 0, "GROUP \"VI 1\" FAULT 0\n")]
    public void Lines_are_keepaliveds(string kind, string state, byte priority, string line) =>
        Assert.Equal(line, Encoding.UTF8.GetString(FifoLine.Of(kind, "VI 1", state, priority)));

    [Fact]
    public async Task A_reader_gets_the_lines_in_their_order()
    {
        using NotifyFifo fifo = Open(out _)!;
        Task<ShellOutcome> reader = _runner.RunAsync(new ShellRequest(["/bin/sh", "-c", $"head -n 1000 {fifo.Path} | cksum; echo end"]), default);
        var all = new StringBuilder();
        for (int i = 0; i < 1000; i++)
        {
            byte[] line = FifoLine.Of("INSTANCE", $"VI_{i}", "MASTER", (byte)(i % 256));
            await Ends.UntilAsync(() => fifo.Write(line) == FifoResult.Written);
            all.Append(Encoding.UTF8.GetString(line));
        }

        ShellOutcome outcome = await Ends.Async(reader, "head");
        await File.WriteAllTextAsync(At("expected"), all.ToString());
        ShellOutcome expected = await _runner.RunAsync(new ShellRequest(["/bin/sh", "-c", $"cksum < {At("expected")}; echo end"]), default);
        Assert.Equal(expected.OutputTail, outcome.OutputTail);
    }

    [Fact]
    public void Without_a_reader_nothing_blocks_and_what_is_lost_is_counted()
    {
        using NotifyFifo fifo = Open(out _)!;
        byte[] line = FifoLine.Of("INSTANCE", "VI_1", "BACKUP", 1);
        int written = 0;
        while (fifo.Write(line) == FifoResult.Written)
        {
            Assert.True(++written < 1_000_000);
        }

        Assert.InRange(written, 1, 1_000_000);
        Assert.Equal(FifoResult.Lost, fifo.Write(line));
        Assert.Equal((written, 2), (fifo.Written, fifo.Lost));
        Assert.Equal(FifoResult.TooLong, fifo.Write(new byte[NotifyFifo.MaximumLineBytes + 1]));
        Assert.Equal(3, fifo.Lost);
    }

    [Fact]
    public void Only_what_was_made_here_is_removed()
    {
        Open(out _)!.Dispose();
        Assert.False(File.Exists(At("fifo")));
        using NotifyFifo first = Open(out _)!;
        using (NotifyFifo second = Open(out string? problem)!)
        {
            Assert.Null(problem);
        }

        Assert.True(File.Exists(At("fifo")));
        File.Delete(At("fifo"));
        File.WriteAllText(At("fifo"), "another's");
        first.Dispose();
        Assert.True(File.Exists(At("fifo")));
        Assert.Throws<ObjectDisposedException>(() => first.Write("x"u8));
    }

    [Fact]
    public void What_is_there_and_no_FIFO_is_refused_and_left_alone()
    {
        File.WriteAllText(At("fifo"), "precious");
        Assert.Null(Open(out string? problem));
        Assert.Equal($"{At("fifo")}: is there and is not a FIFO", problem);
        File.Delete(At("fifo"));
        using NotifyFifo elsewhere = NotifyFifo.Open(At("elsewhere"), null, null, out _)!;
        File.CreateSymbolicLink(At("fifo"), At("elsewhere"));
        Assert.Null(Open(out problem));
        Assert.Equal($"{At("fifo")}: is there and is not a FIFO", problem);
        Assert.Null(NotifyFifo.Open(At("none/fifo"), null, null, out problem));
        Assert.Equal($"{At("none/fifo")}: cannot make the FIFO: No such file or directory", problem);
        Assert.Null(NotifyFifo.Open(At("other"), "no-such-user", null, out problem));
        Assert.Equal($"{At("other")}: there is no user 'no-such-user'", problem);
        Assert.False(File.Exists(At("other")));
    }

    [LabFact("mkfifo chown")]
    public async Task It_belongs_to_the_configured_account_and_a_strangers_is_refused()
    {
        using (NotifyFifo.Open(At("fifo"), "nobody", null, out _))
        {
            Assert.Equal("65534 65534 p", await Sh($"stat -c '%u %g' {At("fifo")}; ls -l {At("fifo")} | cut -c1"));
            Assert.StartsWith("-rw", "-" + (await Sh($"ls -l {At("fifo")}"))[1..], StringComparison.Ordinal);
        }

        await Sh($"mkfifo {At("fifo")}; chown 4711 {At("fifo")}");
        Assert.Null(NotifyFifo.Open(At("fifo"), "nobody", null, out string? problem));
        Assert.Equal($"{At("fifo")}: the FIFO belongs to 4711, allowed are root and nobody", problem);
        Assert.Null(Open(out problem));
        Assert.Equal($"{At("fifo")}: the FIFO belongs to 4711, allowed are root", problem);
        using NotifyFifo theirs = NotifyFifo.Open(At("fifo"), "4711", null, out _)!;
        Assert.NotNull(theirs);
    }

    [Fact]
    public async Task A_script_does_not_inherit_it()
    {
        using NotifyFifo fifo = Open(out _)!;
        Assert.DoesNotContain("fifo", await Sh("ls -l /proc/$$/fd"), StringComparison.Ordinal);
    }

    private NotifyFifo? Open(out string? problem) => NotifyFifo.Open(At("fifo"), null, null, out problem);

    private async Task<string> Sh(string script) =>
        (await _runner.RunAsync(new ShellRequest(["/bin/sh", "-c", script]), default)).OutputTail.Trim().Replace('\n', ' ');

    private string At(string name) => Path.Combine(_directory.FullName, name);
}
