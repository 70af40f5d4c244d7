using System.Text;
using System.Text.Json;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

public sealed class JournalCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Export_gives_every_record_byte_for_byte_so_that_its_chain_can_be_verified()
    {
        await WriteAsync();
        string previous = NodeRecord.GenesisHash;
        string[] lines = Run("export");
        Assert.Equal(3, lines.Length);
        foreach (JsonElement line in lines.Select(line => JsonDocument.Parse(line).RootElement))
        {
            Assert.Equal(previous, line.GetProperty("prev").GetString());
            previous = NodeRecord.ChainHash(previous, Encoding.UTF8.GetBytes(line.GetProperty("record").GetRawText()));
            Assert.Equal(previous, line.GetProperty("hash").GetString());
        }
    }

    [Fact]
    public async Task Show_gives_a_line_for_people()
    {
        await WriteAsync();
        string[] lines = Run("show");
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d #2 <- #1 node/node-a link_changed \{.*""eth0"".*\}$", lines[1]);
    }

    [Theory]
    [InlineData("journal: 'show' or 'export' is expected; usage: keepalived-es journal show|export [--state=DIRECTORY] [--node-config=FILE]")]
    [InlineData("journal: unexpected argument '--stat=x'; usage: keepalived-es journal show|export [--state=DIRECTORY] [--node-config=FILE]", "show", "--stat=x")]
    [InlineData("there is no journal in /no/such/directory; name its directory with --state, or the node's settings with --node-config", "show", "--state=/no/such/directory")]
    public void What_is_wrong_is_said(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => JournalCommand.Run(arguments, TextWriter.Null)).Message);

    private async Task WriteAsync()
    {
        var journal = new JournalWriter(
            () => JournalStore.Open(_directory.Path, JournalFixture.Node, "boot"), JournalFixture.Node, JournalLimits.Default, TimeProvider.System);
        journal.Record(new NodeStopped(JournalFixture.Node, "SIGTERM"), token: 1);
        journal.Record(new LinkChanged(JournalFixture.Node, "eth0", "down"), causeToken: 1);
        journal.Record(new NodeStopped(JournalFixture.Node, "é \"quoted\""));
        await journal.DisposeAsync();
    }

    private string[] Run(string what)
    {
        using var output = new StringWriter();
        Assert.Equal(0, JournalCommand.Run([what, $"--state={_directory.Path}"], output));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
