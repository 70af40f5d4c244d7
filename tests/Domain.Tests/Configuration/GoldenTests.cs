using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>Whole configurations as people write them: NAME.conf, and what is to be said of it in NAME.report. None of them has an error.</summary>
public sealed class GoldenTests
{
    public static IEnumerable<TheoryDataRow<string>> Names =>
        Directory.GetFiles(Path.GetDirectoryName(Configs.Golden("x"))!, "*.conf").Order(StringComparer.Ordinal).Select(path => new TheoryDataRow<string>(Path.GetFileNameWithoutExtension(path)));

    [Theory, MemberData(nameof(Names))]
    public void A_configuration_is_read_without_an_error(string name)
    {
        ConfigParse parse = Read(name);
        GoldenFile.Equal(name + ".report", ConfigReport.Text(parse));
        Assert.NotNull(parse.Config);
    }

    [Fact]
    public void The_consolidated_text_of_a_configuration_is_read_as_the_same()
    {
        foreach (string name in Names.Select(row => row.Data))
        {
            ConfigParse first = Read(name);
            ConfigParse second = Configs.Read(first.Text);
            Assert.Equal(first.Text, second.Text);
            Assert.Equal(Configs.Codes(first).Order(), Configs.Codes(second).Order());
        }
    }

    [Fact]
    public void The_first_exercise_says_why_nopreempt_does_not_work_and_what_to_write()
    {
        ConfigParse parse = Read("vip-master");
        Assert.Contains("write 'state BACKUP' and nopreempt on both nodes", Configs.Only(parse).Message, StringComparison.Ordinal);
        VrrpInstanceSettings instance = parse.Config!.Instances[0];
        Assert.Equal(("xgbe0", (byte)51, (byte)101, true), (instance.Interface, instance.Vrrp.Vrid, instance.Vrrp.Priority, instance.Vrrp.Preempt));
        Assert.Equal(("10086", "10.51.81.8/25"), (instance.Password, instance.VirtualAddresses[0].ToString()));
    }

    private static ConfigParse Read(string name) => Configs.Read(File.ReadAllText(Configs.Golden(name + ".conf")));
}
