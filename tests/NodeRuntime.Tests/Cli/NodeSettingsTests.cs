using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

public sealed class NodeSettingsTests
{
    private static readonly NodeSettings Defaults = new() { Node = "node-a" };

    [Fact]
    public void Every_key_has_its_effect()
    {
        NodeSettings settings = Parse("""
            node: node-b
            site: berlin.1
            state: /var/lib/other
            control-plane:
              url: https://kes.example.net/base
              token-file: /etc/token
              ca: /etc/ca.pem
            seq:
              url: http://192.0.2.9:5341
              api-key-file: /etc/key
            journal:
              keep-days: 30
              max-mib: 64
            """);
        Assert.Equal(("node-b", "berlin.1", "/var/lib/other"), (settings.Node, settings.Site, settings.StateDirectory));
        Assert.Equal((new Uri("https://kes.example.net/base"), "/etc/token", "/etc/ca.pem"), (settings.ControlPlane, settings.TokenFile, settings.AuthorityFile));
        Assert.Equal((new Uri("http://192.0.2.9:5341"), "/etc/key"), (settings.Seq, settings.SeqApiKeyFile));
        Assert.Equal(new JournalLimits(TimeSpan.FromDays(30), 64L << 20), settings.Journal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("{}")]
    public void Nothing_said_is_all_defaults(string text) => Assert.Equal(Defaults, Parse(text));

    [Fact]
    public void Paths_are_absolute_since_the_daemon_leaves_its_directory()
    {
        NodeSettings settings = Parse("state: s\ncontrol-plane: {token-file: t, ca: c}\nseq: {api-key-file: k}");
        Assert.All([settings.StateDirectory, settings.TokenFile!, settings.AuthorityFile!, settings.SeqApiKeyFile!], path => Assert.True(Path.IsPathRooted(path), path));
    }

    [Theory]                                                     // text -> where and what
    [InlineData("nodes: x", "n.yaml:1:1: unknown key 'nodes', allowed: node, site, state, control-plane.url,")]
    [InlineData("node: a\nnothing:\n  url: x", "n.yaml:2:1: unknown key 'nothing', allowed: ")]
    [InlineData("Node: a", "n.yaml:1:1: unknown key 'Node', allowed: ")]
    [InlineData("seq:\n  uri: x", "n.yaml:2:3: unknown key 'seq.uri', allowed: ")]
    [InlineData("control-plane.url: http://x", "n.yaml:1:1: unknown key 'control-plane.url', allowed: ")]
    [InlineData("seq: http://192.0.2.1", "n.yaml:1:6: 'seq' takes keys, seen 'http://192.0.2.1'")]
    [InlineData("journal:", "n.yaml:1:9: 'journal' takes keys, seen ''")]
    [InlineData("just text", "n.yaml:1:1: the file takes keys, seen 'just text'")]
    [InlineData("- a\n- b", "n.yaml:1:1: the file takes keys, seen ")]
    [InlineData("node:", "n.yaml:1:6: 'node' takes one value")]
    [InlineData("node: ''", "n.yaml:1:7: 'node' takes one value")]
    [InlineData("node: [a, b]", "n.yaml:1:7: 'node' takes one value")]
    [InlineData("state: {a: b}", "n.yaml:1:8: 'state' takes one value")]
    [InlineData("state: \"a\\0b\"", "n.yaml:1:8: 'state' takes one value")]
    [InlineData("node: a b", "n.yaml:1:7: node 'a b': 1 to 64 letters, digits, '-', '_' and '.' are allowed")]
    [InlineData("site: a/b", "n.yaml:1:7: site 'a/b': 1 to 64 letters")]
    [InlineData("site: é", "n.yaml:1:7: site 'é': 1 to 64 letters")]
    [InlineData("seq:\n  url: example.net", "n.yaml:2:8: seq.url 'example.net': an http or https URL is allowed")]
    [InlineData("control-plane:\n  url: ftp://192.0.2.1", "n.yaml:2:8: control-plane.url 'ftp://192.0.2.1': an http or https URL is allowed")]
    [InlineData("journal:\n  keep-days: 0", "n.yaml:2:14: journal.keep-days '0' is out of range, allowed 1 to 36500")]
    [InlineData("journal:\n  keep-days: 36501", "n.yaml:2:14: journal.keep-days '36501' is out of range, allowed 1 to 36500")]
    [InlineData("journal:\n  keep-days: 1.5", "n.yaml:2:14: journal.keep-days '1.5' is out of range")]
    [InlineData("journal:\n  max-mib: -1", "n.yaml:2:12: journal.max-mib '-1' is out of range, allowed 1 to 1048576")]
    [InlineData("journal:\n  max-mib: 99999999999999999999", "n.yaml:2:12: journal.max-mib '99999999999999999999' is out of range")]
    [InlineData("node: a\nnode: b", "n.yaml:2:1: ")]
    [InlineData("node: a\n---\nnode: b", "n.yaml:3:1: a second document begins here, allowed is one")]
    [InlineData("node: [", "n.yaml:2:1: ")]
    [InlineData("node: *nowhere", "n.yaml:1:1: ")]
    [InlineData("node: \"a", "n.yaml:1:")]
    public void What_is_wrong_is_said_with_its_place(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_asked_for_must_be_there()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["missing.yaml"];
        Assert.Contains(path, Assert.Throws<FormatException>(() => NodeSettings.Load(path, "node-a.example.net")).Message, StringComparison.Ordinal);
        Assert.Contains(directory.Path, Assert.Throws<FormatException>(() => NodeSettings.Load(directory.Path, "node-a")).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "site: here");
        NodeSettings settings = NodeSettings.Load(path, "node-a.example.net");
        Assert.Equal(("node-a", "here"), (settings.Node, settings.Site));
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_its_place()
    {
        string[] pieces = ["node", "seq", "journal", ":", " ", "\n", "  ", "- ", "{", "}", "[", "]", "&a", "*a", "!!int", "'", "\"", "|", ">", "?", "%", "@", "\t", "\0", "é", "1", "url", "---", "<<", ",", "#"];
        for (int seed = 1; seed <= 3_000; seed++)
        {
            var random = new Random(seed);
            string text = string.Concat(Enumerable.Range(0, random.Next(25)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                Parse(text);
            }
            catch (FormatException e)
            {
                Assert.Matches("^n\\.yaml:[0-9]+:[0-9]+: .", e.Message);
            }
        }
    }

    private static NodeSettings Parse(string text) => NodeSettings.Parse(text, "n.yaml", Defaults);
}
