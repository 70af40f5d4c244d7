using Keepalived.Es.NodeRuntime.Journal;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

public sealed class OperatorCommandTests
{
    [Fact]
    public void An_answer_may_bring_commands()
    {
        UplinkReceipt receipt = UplinkReceipt.Read(
            """{"hlc":"0000000000000001","commands":[{"id":"a","kind":"drain","service":"s","server":"r","forSeconds":90,"by":"anna"},{"id":"b","kind":"undrain"}]}""")!;
        Assert.Equal(
            [new OperatorCommand("a", "drain", "s", "r", TimeSpan.FromSeconds(90), "anna"), new OperatorCommand("b", "undrain", "", "", null, "")], receipt.Commands);
        Assert.Equal("drain r of s for 90 s", receipt.Commands[0].Text);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"commands":null}""")]
    [InlineData("""{"commands":{"id":"a"}}""")]
    [InlineData("""{"commands":[1,"a",null,[],{"id":5,"kind":"drain"},{"id":"a"}]}""")]
    public void What_is_no_command_is_passed_over(string body) => Assert.Empty(UplinkReceipt.Read(body)!.Commands);

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("\"5\"")]
    public void A_time_that_is_none_is_until_further_notice(string seconds) =>
        Assert.Null(Assert.Single(UplinkReceipt.Read($$"""{"commands":[{"id":"a","kind":"drain","forSeconds":{{seconds}}}]}""")!.Commands).For);
}
