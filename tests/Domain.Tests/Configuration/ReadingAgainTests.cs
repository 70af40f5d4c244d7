using System.Collections;
using System.Reflection;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>With the memory of an earlier reading everything is found that is found without, places included.</summary>
public sealed class ReadingAgainTests
{
    private const string Included = "/etc/keepalived/more.conf";

    private static readonly string[] Lines =
    [
        "weight 3", "weight 0", "weight x", "uthreshold 7", "notify_up \"/bin/up a\"", "TCP_CHECK {", "}", "{", "MISC_CHECK {\n misc_path \"/bin/true\"\n}", "delay_loop 7",
        "quorum 2", "sorry_server 10.0.9.9 80", "quorum_up /bin/q", "virtual_server 10.1.0.2 80 {", "virtual_server_group G {\n10.7.0.1 80\n}", "# a remark", "$X=5", "weight $X",
        "@node-a alpha", "@node-b alpha", "~SEQ(i,1,2) snmp_name n$i", "include more.conf", "global_defs {\nsmtp_alert_checker\n}", "global_defs {\nchecker_log_all_failures\n}", "\"", "",
        "unknown 1", "protocol UDP", "FILE_CHECK {\ntrack_file f\n}", "track_file f {\nfile /tmp/f\n}", "real_server 10.2.9.9 80 {\nweight 2\n}", "virtual_server group G {",
    ];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 60).Select(seed => new TheoryDataRow<int>(seed));

    [Theory, MemberData(nameof(Seeds))]
    public void A_reading_with_memory_equals_one_without(int seed)
    {
        var random = new Random(seed);
        List<string> main = [.. Blocks(1, 8, random)];
        List<string> more = [.. Blocks(20, 3, random)];
        main.Insert(random.Next(main.Count), "include more.conf");
        ConfigMemory? memory = null;
        for (int step = 0; step < 15; step++)
        {
            MemoryFiles files = new() { [Configs.Path] = string.Join('\n', main) + (random.Next(4) == 0 ? "" : "\n"), [Included] = string.Join("\r\n", more) + "\r\n" };
            ConfigParse full = ConfigReader.Read(Configs.Path, files, Configs.Options);
            ConfigParse again = ConfigReader.Read(Configs.Path, files, Configs.Options, memory);
            Assert.Equal(ConfigReport.Text(full), ConfigReport.Text(again));
            Assert.Equal(full.Diagnostics, again.Diagnostics);
            Assert.Equal(full.Text, again.Text);
            Assert.Equal(Described(full.Config), Described(again.Config));
            Assert.Equal(full.Memory!.Count, again.Memory!.Count);
            memory = again.Memory;
            Edit(random.Next(4) == 0 ? more : main, random);
        }
    }

    [Fact]
    public void What_has_not_changed_is_the_same_object_and_what_has_moved_knows_its_place()
    {
        string[] blocks = [Block(1), Block(2), Block(3)];
        ConfigParse first = Configs.Read(string.Concat(blocks));
        string changed = blocks[0] + blocks[1].Replace("weight 1", "weight 9", StringComparison.Ordinal) + blocks[2];
        ConfigParse second = Again(changed, first);
        Assert.Same(first.Config!.Lvs.VirtualServers[0], second.Config!.Lvs.VirtualServers[0]);
        Assert.Same(first.Config.Lvs.VirtualServers[2], second.Config.Lvs.VirtualServers[2]);
        Assert.Equal(9, second.Config.Lvs.VirtualServers[1].RealServers[0].Weight);
        ConfigParse third = Again("# one line more\n" + changed, second);
        Assert.Equal(second.Config.Lvs.VirtualServers[2].Span.Line + 1, third.Config!.Lvs.VirtualServers[2].Span.Line);
        Assert.Equal(3, third.Memory!.Count);
    }

    [Fact]
    public void Global_defaults_that_have_changed_reach_blocks_that_have_not()
    {
        ConfigParse first = Configs.Read(Block(1));
        ConfigParse second = Again(Block(1) + "global_defs {\nchecker_log_all_failures\n}\n", first);
        Assert.False(first.Config!.Lvs.VirtualServers[0].RealServers[0].Checks[0].LogAllFailures);
        Assert.True(second.Config!.Lvs.VirtualServers[0].RealServers[0].Checks[0].LogAllFailures);
    }

    private static ConfigParse Again(string text, ConfigParse before) =>
        ConfigReader.Read(Configs.Path, new MemoryFiles { [Configs.Path] = text }, Configs.Options, before.Memory);

    private static string Block(int number) =>
        $"virtual_server 10.1.0.{number} 80 {{\n  protocol TCP\n  lvs_sched rr\n  lvs_method NAT\n  real_server 10.2.0.{number} 80 {{\n    weight 1\n"
        + "    TCP_CHECK {\n      connect_timeout 5\n    }\n  }\n}\n";

    private static IEnumerable<string> Blocks(int first, int count, Random random) => Enumerable.Range(first, count)
        .SelectMany(number => (random.Next(5) == 0 ? "# between\n" : "") is var remark ? (remark + Block(number)).TrimEnd('\n').Split('\n') : []);

    private static void Edit(List<string> lines, Random random)
    {
        int at = random.Next(lines.Count);
        switch (random.Next(5))
        {
            case 0 when lines.Count > 5:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(at, lines[random.Next(lines.Count)]);
                break;
            case 2:
                lines[at] = lines[at].Replace("1", "2", StringComparison.Ordinal);
                break;
            default:
                lines.InsertRange(at, Lines[random.Next(Lines.Length)].Split('\n'));
                break;
        }
    }

    /// <summary>Every value in it, in words.</summary>
    private static string Described(object? value) => value switch
    {
        null => "null",
        string or SourceSpan or Enum => $"{value}",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Described))}]",
        _ when value.GetType() is { IsPrimitive: true } or { Namespace: "System" } => $"{value}",
        _ => $"{value.GetType().Name}{{{string.Join("; ", value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => $"{property.Name}={Described(property.GetValue(value))}"))}}}",
    };
}
