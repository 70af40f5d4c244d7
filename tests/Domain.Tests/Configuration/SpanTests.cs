using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

/// <summary>
/// Places are those of the file. Text that came from a definition of one line reports the place of its use; a line of a definition
/// of several lines is a line of the file, and reports its own place.
/// </summary>
public sealed class SpanTests
{
    [Theory]
    [InlineData("plain word", "global_defs {\n\trouter_id r x y\n}", "2:14+3")]
    [InlineData("behind an escaped character", "global_defs {\n router_id a\\#b x\n}", "2:17+1")]
    [InlineData("behind a definition's use", "$LONG=0123456789\nglobal_defs {\nrouter_id ${LONG} x\n}", "3:19+1")]
    [InlineData("within a definition's use", "$V=r x\nglobal_defs {\nrouter_id $V\n}", "3:11+2")]
    [InlineData("behind a brace", "global_defs { router_id r x }", "1:27+1")]
    [InlineData("behind a condition", "global_defs {\n@node-a  router_id r x\n}", "2:22+1")]
    [InlineData("in a sequence", "global_defs {\n~SEQ(i,1)  router_id r x\n}", "2:24+1")]
    [InlineData("in a definition of several lines", "$V= \\\n router_id r xx \\\n\nglobal_defs {\n$V\n}", "2:14+2")]
    [InlineData("behind a use of several lines", "$V= \\\nrouter_id r \\\n\nglobal_defs {\n${V} x\n}", "5:6+1")]
    [InlineData("a word with a use in its middle", "$V=abc\nglobal_defs {\nrouter_id r a${V}d\n}", "3:13+6")]
    public void The_place_is_exact(string rule, string text, string expected)
    {
        ConfigDiagnostic extra = Configs.Read(text).Diagnostics.Single(found => found.Code == DiagnosticCodes.ExtraWords);
        Assert.Equal($"{rule} {expected}", $"{rule} {extra.Span.Line}:{extra.Span.Column}+{extra.Span.Length}");
    }

    [Fact]
    public void Diagnostics_come_in_the_order_of_the_text()
    {
        ConfigParse parse = Configs.Read("vrrp_instance A {\nbad1\n}\nbad2\n$V= \\");
        Assert.Equal([1, 1, 1, 2, 4, 5], parse.Diagnostics.Select(found => found.Span.Line));
    }
}
