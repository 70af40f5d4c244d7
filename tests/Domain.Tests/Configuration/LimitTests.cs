using System.Text;
using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>Input made to hang the reader or to exhaust memory ends in an error that names the limit.</summary>
public sealed class LimitTests
{
    [Fact]
    public void Definitions_that_double_each_time_end_in_an_error()
    {
        var text = new StringBuilder("$A0=xxxxxxxxxxxxxxxx\n");
        for (int i = 1; i < 60; i++)
        {
            text.Append($"$A{i}=${{A{i - 1}}}${{A{i - 1}}}\n");
        }

        AssertLimit(Configs.Read(text.Append("a ${A59}\nb\n").ToString()), "characters after substitution");
    }

    [Theory]
    [InlineData("~SEQ(i,1,1000000000000) x", "lines after expansion")]
    [InlineData("~SEQ(i,1000000) ~SEQ(j,1000000) ~SEQ(k,1000000) @none x", "grows beyond")]
    [InlineData("~SEQ(i,1000000) ~SEQ(j,1000000)", "grows beyond")]
    public void Endless_sequences_end_in_an_error(string line, string limit) =>
        AssertLimit(Configs.Read(line, Configs.Options with { Limits = ReadLimits.Default with { Work = 10_000_000, Lines = 10_000 } }), limit);

    [Fact]
    public void Sequences_in_a_row_beyond_the_limit_are_an_error() =>
        AssertLimit(Configs.Read(string.Concat(Enumerable.Repeat("~SEQ(i,1) ", 1_000)) + "x"), "nested more than 64 deep");

    [Fact]
    public void Blocks_beyond_the_limit_are_an_error_and_what_follows_is_still_read()
    {
        ConfigParse parse = Configs.Read(string.Concat(Enumerable.Repeat("a {", 100)) + string.Concat(Enumerable.Repeat("}", 100)) + "\nwrong_keyword\n");
        AssertLimit(parse, "nested more than 32 deep");
        Assert.Contains(parse.Diagnostics, found => found.Message.Contains("wrong_keyword", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chain_of_definitions_beyond_the_limit_is_an_error()
    {
        string text = string.Concat(Enumerable.Range(0, 100).Select(i => $"$A{i}=${{A{i + 1}}}\n")) + "$A100=x\ny $A0\n";
        AssertLimit(Configs.Read(text), "nested more than 64 deep");
    }

    [Fact]
    public void A_line_beyond_the_limit_is_an_error()
    {
        ConfigParse parse = Configs.Read(new string('a', 70_000) + "\nb\n");
        AssertLimit(parse, "allowed 65536");
        Assert.Equal("b\n", parse.Text);
    }

    [Fact]
    public void Problems_beyond_the_limit_are_counted()
    {
        ConfigParse parse = Configs.Read(
            string.Concat(Enumerable.Range(0, 50).Select(i => $"k{i}\n")), Configs.Options with { Limits = ReadLimits.Default with { Diagnostics = 10 } });
        Assert.Equal(11, parse.Diagnostics.Length);
        Assert.StartsWith("40 more problems", parse.Diagnostics[^1].Message, StringComparison.Ordinal);
    }

    private static void AssertLimit(ConfigParse parse, string message)
    {
        Assert.Null(parse.Config);
        Assert.Contains(parse.Diagnostics, found => found.Code == DiagnosticCodes.LimitReached && found.Message.Contains(message, StringComparison.Ordinal));
    }
}
