using System.Diagnostics;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

public sealed class PidFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_holds_the_number_and_a_line_feed_and_goes_with_the_daemon()
    {
        using (PidFile.Write(_directory["pid"]))
        {
            Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(_directory["pid"]));
        }

        Assert.False(File.Exists(_directory["pid"]));
    }

    [Fact]
    public void A_longer_left_over_is_replaced_whole()
    {
        File.WriteAllText(_directory["pid"], "99999999999999999999\nmore\n");
        using PidFile file = PidFile.Write(_directory["pid"]);
        Assert.Equal($"{Environment.ProcessId}\n", File.ReadAllText(_directory["pid"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("no number")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("2147483647")]                                   // no process has it
    [InlineData("99999999999999999999")]
    [InlineData("1")]                                            // another program
    public void What_names_no_daemon_that_runs_holds_nothing(string? content)
    {
        if (content is not null)
        {
            File.WriteAllText(_directory["pid"], content);
        }

        Assert.Null(PidFile.Holder(_directory["pid"]));
    }

    [Fact]
    public void Our_own_number_left_over_from_before_holds_nothing()
    {
        File.WriteAllText(_directory["pid"], $"{Environment.ProcessId}\n");
        Assert.Null(PidFile.Holder(_directory["pid"]));
    }

    [Theory]
    [InlineData("keepalived", true)]
    [InlineData("keepalived-es", true)]
    [InlineData("sleeping", false)]
    public void A_process_of_that_name_holds_it(string name, bool holds)
    {
        File.Copy("/bin/sleep", _directory[name]);
        using Process process = Process.Start(_directory[name], "300");
        File.WriteAllText(_directory["pid"], $"{process.Id}\n");
        Assert.Equal(holds ? process.Id : null, PidFile.Holder(_directory["pid"]));
        process.Kill();
        process.WaitForExit();
        Assert.Null(PidFile.Holder(_directory["pid"]));
    }

    [Fact]
    public void Where_it_cannot_be_written_the_message_names_it_and_the_way_out()
    {
        foreach (string path in new[] { _directory["missing/pid"], _directory.Path })
        {
            string message = Assert.Throws<IOException>(() => PidFile.Write(path)).Message;
            Assert.Contains(path, message, StringComparison.Ordinal);
            Assert.Contains("-p", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void One_that_is_gone_already_does_not_matter_at_the_end()
    {
        PidFile file = PidFile.Write(_directory["pid"]);
        File.Delete(_directory["pid"]);
        file.Dispose();
    }
}
