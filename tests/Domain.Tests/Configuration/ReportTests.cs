using System.Reflection;
using System.Text.Json;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class ReportTests
{
    [Fact]
    public void The_exit_code_is_0_when_there_is_nothing_to_say()
    {
        Assert.Equal(ConfigReport.Good, ConfigReport.ExitCode(Configs.Read(Configs.Instance(""))));
        Assert.Equal(ConfigReport.Good, ConfigReport.ExitCode(Configs.Read("")));
        Assert.Equal("", ConfigReport.Text(Configs.Read("")));
    }

    [Theory]
    [InlineData("smtp_alert", ConfigReport.Content)]
    [InlineData("priority 300", ConfigReport.Content)]
    [InlineData("include none.conf", ConfigReport.Content)]
    [InlineData("includem none.conf", ConfigReport.CannotRun)]
    public void The_exit_code_tells_what_cannot_run_from_the_rest(string line, int code) =>
        Assert.Equal(code, ConfigReport.ExitCode(Configs.Read(Configs.Instance(line))));

    [Fact]
    public void Text_is_one_line_for_each_problem() =>
        Assert.Equal(
            "/etc/keepalived/keepalived.conf:4:10: error KA0106: priority 300 is out of range, allowed 1 to 255\n",
            ConfigReport.Text(Configs.Read(Configs.Instance("priority 300"))));

    [Fact]
    public void Json_holds_the_same_as_data()
    {
        using JsonDocument json = JsonDocument.Parse(ConfigReport.Json(Configs.Read(Configs.Instance("priority 300"))));
        Assert.Equal(5, json.RootElement.GetProperty("exitCode").GetInt32());
        JsonElement found = json.RootElement.GetProperty("diagnostics")[0];
        Assert.Equal(
            "KA0106 error content /etc/keepalived/keepalived.conf 4 10 3 priority 300 is out of range, allowed 1 to 255",
            string.Join(' ', found.EnumerateObject().Select(property => property.Value.ToString())));
        Assert.Equal(
            "code severity class file line column length message", string.Join(' ', found.EnumerateObject().Select(property => property.Name)));
    }

    [Fact]
    public void Codes_are_well_formed_and_no_two_kinds_share_one()
    {
        string[] codes = [.. typeof(DiagnosticCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)];
        Assert.All(codes, code => Assert.Matches("^KA[0-9]{4}$", code));
        Assert.Equal(codes.Length, codes.Distinct().Count());
    }
}
