using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>What a hook reads is what the server holds, in either protocol.</summary>
public sealed class MySqlValueTests(MySqlServerFixture fixture) : IClassFixture<MySqlServerFixture>
{
    private const string Programs = "mariadbd mariadb openssl";

    private static readonly (string Type, string Value, string Json)[] Types =
    [
        ("TINYINT", "-128", "-128"),
        ("TINYINT UNSIGNED", "255", "255"),
        ("BOOL", "TRUE", "1"),
        ("SMALLINT", "-32768", "-32768"),
        ("MEDIUMINT UNSIGNED", "16777215", "16777215"),
        ("INT", "-2147483648", "-2147483648"),
        ("INT UNSIGNED ZEROFILL", "42", "42"),
        ("BIGINT", "9007199254740991", "9007199254740991"),
        ("BIGINT", "-9007199254740992", "\"-9007199254740992\""),
        ("BIGINT UNSIGNED", "18446744073709551615", "\"18446744073709551615\""),
        ("FLOAT", "0.1", "0.1"),
        ("DOUBLE", "1.7976931348623157e308", "1.7976931348623157E+308"),
        ("DOUBLE", "-0.1", "-0.1"),
        ("DECIMAL(65,30)", "-12345678901234567890.000000000000000000000000000001", "\"-12345678901234567890.000000000000000000000000000001\""),
        ("BIT(1)", "b'1'", "1"),
        ("BIT(64)", "~0", "\"18446744073709551615\""),
        ("YEAR", "2026", "2026"),
        ("DATE", "'2026-11-24'", "\"2026-11-24\""),
        ("DATETIME", "'2026-11-24 20:05:12'", "\"2026-11-24 20:05:12\""),
        ("DATETIME(6)", "'2026-11-24 20:05:12.000001'", "\"2026-11-24 20:05:12.000001\""),
        ("TIMESTAMP(3) NULL", "'2026-11-24 20:05:12.120'", "\"2026-11-24 20:05:12.120\""),
        ("TIME", "'-838:59:59'", "\"-838:59:59\""),
        ("TIME(2)", "'01:02:03.45'", "\"01:02:03.45\""),
        ("CHAR(5)", "'ab'", "\"ab\""),
        ("VARCHAR(60)", "'☃ 𝔘nicode \\'\\\" \\\\'", "\"☃ 𝔘nicode '\\\" \\\\\""),
        ("TEXT", "REPEAT('ä', 300)", $"\"{new string('ä', 300)}\""),
        ("VARCHAR(10)", "''", "\"\""),
        ("BINARY(3)", "X'00FF41'", "{\"base64\":\"AP9B\"}"),
        ("VARBINARY(9)", "''", "{\"base64\":\"\"}"),
        ("BLOB", "REPEAT(X'FF', 300)", $"{{\"base64\":\"{Convert.ToBase64String(Enumerable.Repeat((byte)255, 300).ToArray())}\"}}"),
        ("ENUM('a','ö')", "'ö'", "\"ö\""),
        ("SET('a','b','c')", "'a,c'", "\"a,c\""),
        ("JSON", "'{\"a\": [1, null]}'", "\"{\\\"a\\\": [1, null]}\""),
        ("POINT", "POINT(1, 2)", "{\"base64\":\"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA==\"}"),
        ("UUID", "'123e4567-e89b-12d3-a456-426614174000'", "\"123e4567-e89b-12d3-a456-426614174000\""),
        ("INET6", "'2001:db8::1'", "\"2001:db8::1\""),
        ("INT NULL", "NULL", "null"),
        ("TEXT NULL", "NULL", "null"),
    ];

    [LabFact(Programs)]
    public async Task Each_type_of_column_arrives_by_a_prepared_statement()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        await FillAsync(host, "typed");
        JsonObject answer = await host.QueryAsync("SELECT * FROM typed WHERE 1 = ?", 1);
        Compare(answer);
    }

    [LabFact(Programs)]
    public async Task Each_type_of_column_arrives_as_text_where_a_statement_cannot_be_prepared()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        await FillAsync(host, "typed_text");
        Assert.True((bool)(await host.QueryAsync("PREPARE get_all FROM 'SELECT * FROM typed_text'"))["ok"]!);
        JsonObject answer = await host.QueryAsync("EXECUTE get_all");
        Compare(answer);
    }

    [LabTheory(Programs)]
    [InlineData("null", "null")]
    [InlineData("true", "1")]
    [InlineData("false", "0")]
    [InlineData("-7", "-7")]
    [InlineData("0.1", "0.1")]
    [InlineData("9007199254740991", "9007199254740991")]
    [InlineData("1e300", "1E+300")]
    [InlineData("\"\"", "\"\"")]
    [InlineData("\"'; DROP TABLE x; -- \\\\ \\\" ` ? %\"", "\"'; DROP TABLE x; -- \\\\ \\\" ` ? %\"")]
    [InlineData("\"☃\\u0000𝔘\"", "\"☃\\u0000𝔘\"")]
    [InlineData("{\"base64\":\"AP8n\"}", "{\"base64\":\"AP8n\"}")]
    public async Task A_parameter_comes_back_as_it_was(string parameter, string expected)
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SELECT ? AS v", JsonNode.Parse(parameter));
        JsonNode whole = JsonNode.Parse($"{{\"ok\":true,\"rows\":[{{\"v\":{expected}}}],\"warnings\":0}}")!;
        Assert.True(JsonNode.DeepEquals(whole, JsonNode.Parse(answer.WithoutTime())), answer.ToJsonString());
    }

    [LabFact(Programs)]
    public async Task A_long_text_and_a_long_binary_value_survive_a_round_trip()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        string text = string.Concat(Enumerable.Repeat("ä☃𝔘'\\", 20_000));
        string bytes = Convert.ToBase64String([.. Enumerable.Range(0, 100_000).Select(i => (byte)i)]);
        JsonObject answer = await host.QueryAsync("SELECT ? AS text, ? AS bytes", text, new JsonObject { ["base64"] = bytes });
        Assert.Equal(text, (string)answer["rows"]![0]!["text"]!);
        Assert.Equal(bytes, (string)answer["rows"]![0]!["bytes"]!["base64"]!);
    }

    private static async Task FillAsync(MySqlHost host, string table)
    {
        string columns = string.Join(", ", Types.Select((type, i) => $"c{i} {type.Type}"));
        string values = string.Join(", ", Types.Select(type => type.Value));
        foreach (string sql in (string[])[$"CREATE OR REPLACE TABLE {table} ({columns})", $"INSERT INTO {table} VALUES ({values})"])
        {
            JsonObject answer = await host.QueryAsync(sql);
            Assert.True((bool)answer["ok"]!, answer.ToJsonString());
        }
    }

    private static void Compare(JsonObject answer)
    {
        Assert.True((bool)answer["ok"]!, answer.ToJsonString());
        JsonObject row = answer["rows"]![0]!.AsObject();
        Assert.Equal(Types.Length, row.Count);
        for (int i = 0; i < Types.Length; i++)
        {
            string seen = row[$"c{i}"]?.ToJsonString() ?? "null";
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Types[i].Json), JsonNode.Parse(seen)), $"{Types[i].Type}: {seen}");
        }
    }
}
