using System.Text;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>Ten times the input takes about ten times the work. Bytes allocated stand for work: they do not depend on the machine.</summary>
public sealed class LinearityTests
{
    public static readonly TheoryData<string, Func<int, string>> Inputs = new()
    {
        { "instances", count => Repeat(count, i => Instance(i)) },
        { "instances in sync groups", count => Repeat(count, i => Instance(i) + $"vrrp_sync_group G{i} {{\ngroup {{ V{i} }}\n}}\n") },
        { "addresses of one instance", count => $"vrrp_instance A {{\ninterface eth0\nvirtual_router_id 1\nvirtual_ipaddress {{\n{Repeat(count, i => $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}/24\n")}}}\n}}\n" },
        { "errors", count => Repeat(count, i => $"vrrp_instance V{i} {{\npriority 300\n}}\n") },
        { "same VRID", count => Repeat(count, i => Instance(i).Replace($"if{i}", "if", StringComparison.Ordinal)) },
        { "definitions", count => Repeat(count, i => $"$D{i}=router_id r{i}\nglobal_defs {{\n$D{i}\n}}\n") },
        { "a sequence", count => $"$V= \\\nvrrp_instance V$i {{ \\\ninterface if$i \\\nvirtual_router_id 1 \\\n}}\n~SEQ(i,{count}) $V\n" },
        { "braces of one line", count => string.Concat(Enumerable.Repeat("global_defs{}", count / 4)) },
    };

    [Theory, MemberData(nameof(Inputs))]
    public void Work_grows_with_the_input(string what, Func<int, string> input)
    {
        Read(input(1_000));
        long small = Allocated(input(1_000));
        long large = Allocated(input(10_000));
        Assert.True(large < 12 * small, $"{what}: {small} bytes for 1,000, {large} for 10,000");
    }

    [Fact]
    public void Ten_thousand_instances_are_read()
    {
        ConfigParse parse = Read(Repeat(10_000, Instance));
        Assert.Empty(parse.Diagnostics);
        Assert.Equal(10_000, parse.Config!.Instances.Length);
    }

    private static string Instance(int i) =>
        $"vrrp_instance V{i} {{\n  state BACKUP\n  interface if{i}\n  virtual_router_id {(i % 255) + 1}\n  priority 150\n  virtual_ipaddress {{\n    10.51.{i >> 8}.{i & 255}/24\n  }}\n}}\n";

    private static string Repeat(int count, Func<int, string> part) =>
        Enumerable.Range(0, count).Aggregate(new StringBuilder(), (text, i) => text.Append(part(i))).ToString();

    private static ConfigParse Read(string text) => Configs.Read(text);

    private static long Allocated(string text)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(text);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
