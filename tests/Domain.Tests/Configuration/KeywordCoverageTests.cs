using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class KeywordCoverageTests
{
    /// <summary>Block and keyword, separated by a tab: the list that was made from the manual, kept apart from the table in the code.</summary>
    private static readonly string[] Listed = File.ReadAllLines(Configs.Golden("keywords.txt"));

    [Fact]
    public void The_table_knows_exactly_the_keywords_of_the_list() =>
        Assert.Equal(Listed, ConfigKeywords.All.Select(keyword => $"{keyword.Block}\t{keyword.Name}").Order(StringComparer.Ordinal));

    [Fact]
    public void Every_keyword_is_known_where_it_may_stand()
    {
        string[] unknown = [.. Listed.Where(line => Codes(line).Contains(DiagnosticCodes.UnknownKeyword))];
        Assert.Empty(unknown);
    }

    [Fact]
    public void A_keyword_that_is_not_in_force_says_so_once_and_one_in_force_does_not()
    {
        string[] wrong = [.. ConfigKeywords.All
            .Where(keyword => !keyword.Block.EndsWith(" entry", StringComparison.Ordinal) && keyword.Name is not ("native_ipv6" or "auth_hmac"))
            .Where(keyword => !(keyword.Block + "/").StartsWith("vrrp_instance/auth_hmac/", StringComparison.Ordinal))
            .Where(keyword => Codes($"{keyword.Block}\t{keyword.Name}").Count(code => code == DiagnosticCodes.NotYetInForce) != (keyword.InForce ? 0 : 1))
            .Select(keyword => $"{keyword.Block} {keyword.Name}")];
        Assert.Empty(wrong);
    }

    [Fact]
    public void A_keyword_of_another_block_is_unknown()
    {
        ConfigParse parse = Configs.Read("priority 100\nglobal_defs {\nvirtual_router_id 5\n}\nvrrp_instance A {\nrouter_id x\n}");
        Assert.Equal(3, Configs.Codes(parse).Count(code => code == DiagnosticCodes.UnknownKeyword));
    }

    private static string[] Codes(string line)
    {
        string[] parts = line.Split('\t');
        return Configs.Codes(Configs.Read(Surrounded(parts[0], parts[1])));
    }

    /// <summary>The keyword with a value or an empty block, within its blocks.</summary>
    private static string Surrounded(string block, string keyword)
    {
        string line = ConfigKeywords.Find(block, keyword)?.Kind switch
        {
            KeywordKind.Block or KeywordKind.Entries => $"{keyword} 1 {{\n}}",
            KeywordKind.Flag => keyword,
            _ => $"{keyword} 1",
        };
        return block switch
        {
            ConfigKeywords.Root => line,
            "address entry" => $"static_ipaddress {{\n192.0.2.1 {line}\n}}",
            "route entry" => $"static_routes {{\ndefault {line}\n}}",
            "rule entry" => $"static_rules {{\n{line}\n}}",
            "server group entry" => $"virtual_server_group G {{\n{line}\n}}",
            _ => block.Split('/').Reverse().Aggregate(line, (inner, outer) => $"{outer} 1 {{\n{inner}\n}}"),
        };
    }
}
