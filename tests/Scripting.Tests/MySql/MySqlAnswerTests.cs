using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>Changes, errors, limits and misuse.</summary>
public sealed class MySqlAnswerTests(MySqlServerFixture fixture) : IClassFixture<MySqlServerFixture>
{
    private const string Programs = "mariadbd mariadb openssl";

    [LabFact(Programs)]
    public async Task A_change_says_what_it_affected()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        async Task<string> DoAsync(string sql, params JsonNode?[] parameters) => (await host.QueryAsync(sql, parameters)).WithoutTime();
        string created = await DoAsync("CREATE OR REPLACE TABLE a (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, v TINYINT)");
        Assert.Equal("""{"ok":true,"affected":0,"insertId":0,"warnings":0}""", created);
        Assert.Equal("""{"ok":true,"affected":2,"insertId":1,"warnings":0}""", await DoAsync("INSERT INTO a (v) VALUES (?), (?)", 1, null));
        string large = await DoAsync("INSERT INTO a VALUES (9223372036854775808, 3)");
        Assert.Equal("""{"ok":true,"affected":1,"insertId":"9223372036854775808","warnings":0}""", large);
        string warned = await DoAsync("UPDATE IGNORE a SET v = 1000 WHERE id = 1");
        Assert.Equal("""{"ok":true,"affected":1,"insertId":0,"warnings":1}""", warned);
        Assert.Equal("""{"ok":true,"rows":[],"warnings":0}""", (await host.QueryAsync("SELECT * FROM a WHERE v = 77")).WithoutTime());
    }

    [LabFact(Programs)]
    public async Task A_refused_statement_carries_the_servers_number_state_and_words_and_the_connection_goes_on()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonNode before = (await host.QueryAsync("SELECT CONNECTION_ID() AS id"))["rows"]![0]!["id"]!;
        JsonObject answer = await host.QueryAsync("SELECT * FROM missing");
        Assert.Equal((false, 1146, "42S02"), ((bool)answer["ok"]!, (int)answer["errno"]!, (string)answer["sqlState"]!));
        Assert.Contains("shop.missing", (string)answer["error"]!, StringComparison.Ordinal);
        answer = await host.QueryAsync("SELECT 1; SELECT 2");
        Assert.Equal(1064, (int)answer["errno"]!);               // one statement a call
        Assert.True(JsonNode.DeepEquals(before, (await host.QueryAsync("SELECT CONNECTION_ID() AS id"))["rows"]![0]!["id"]));
        Assert.Equal(1, host.Connections);
    }

    [LabFact(Programs)]
    public async Task Two_columns_of_one_name_keep_both_values()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        Assert.Equal(
            """{"ok":true,"rows":[{"v":1,"v#2":2,"v#3":3}],"warnings":0}""", (await host.QueryAsync("SELECT 1 AS v, 2 AS v, 3 AS v")).WithoutTime());
    }

    [LabFact(Programs)]
    public async Task A_procedure_answers_with_its_first_result_and_the_connection_goes_on()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        fixture.Server.Sql("USE shop; CREATE OR REPLACE PROCEDURE both_of() SELECT 1 AS a UNION SELECT 2;");
        Assert.Equal("""{"ok":true,"rows":[{"a":1},{"a":2}],"warnings":0}""", (await host.QueryAsync("CALL both_of()")).WithoutTime());
        Assert.Equal("""{"ok":true,"rows":[{"a":3}],"warnings":0}""", (await host.QueryAsync("SELECT 3 AS a")).WithoutTime());
        Assert.True((bool)(await host.QueryAsync("PREPARE p FROM 'CALL both_of()'"))["ok"]!);
        Assert.Equal("""{"ok":true,"rows":[{"a":1},{"a":2}],"warnings":0}""", (await host.QueryAsync("EXECUTE p")).WithoutTime());
        Assert.Equal("""{"ok":true,"rows":[{"a":3}],"warnings":0}""", (await host.QueryAsync("SELECT 3 AS a")).WithoutTime());
    }

    [LabTheory(Programs)]
    [InlineData("SELECT seq FROM seq_1_to_100000000", 10)]
    [InlineData("SELECT REPEAT('x', 40000) FROM seq_1_to_1000", 2)]
    [InlineData("EXECUTE many", 10)]
    public async Task A_big_result_is_cut_at_the_limit_and_says_so(string sql, int rows)
    {
        using var host = new MySqlHost([fixture.Tcp with { MaximumRows = 10, MaximumBytes = 100_000 }], TimeProvider.System);
        Assert.True((bool)(await host.QueryAsync("PREPARE many FROM 'SELECT seq FROM seq_1_to_100000000'"))["ok"]!);
        JsonObject answer = await host.QueryAsync(sql);
        Assert.True((bool)answer["ok"]! && (bool)answer["truncated"]!, answer.ToJsonString());
        Assert.Equal(rows, answer["rows"]!.AsArray().Count);
        Assert.Equal("""{"ok":true,"rows":[{"1":1}],"warnings":0}""", (await host.QueryAsync("SELECT 1")).WithoutTime());
    }

    [LabFact(Programs)]
    public async Task A_row_that_is_larger_than_an_answer_may_be_is_not_taken()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SELECT REPEAT('x', 16000000) AS v");
        Assert.False((bool)answer["ok"]!);
        Assert.Equal(2013, (int?)answer["errno"]);
        Assert.EndsWith("a row has more than 2097152 bytes", (string)answer["error"]!, StringComparison.Ordinal);
        answer = await host.QueryAsync("SELECT REPEAT('x', 1500000) AS v");
        Assert.Equal("""{"ok":true,"rows":[],"truncated":true,"warnings":0}""", answer.WithoutTime());
    }

    [LabTheory(Programs)]
    [InlineData("mysql.query", "[]", "argument 1 (target) is missing; it must be a text that is not empty")]
    [InlineData("mysql.query", "[7, \"SELECT 1\"]", "argument 1 (target) is 7; it must be a text that is not empty")]
    [InlineData("mysql.exec", "[\"other\", \"SELECT 1\"]", "there is no target 'other'; configured: local")]
    [InlineData("mysql.waitGtid", "[\"other\", \"0-1-1\", 1]", "there is no target 'other'; configured: local")]
    [InlineData("mysql.query", "[\"local\", \"\"]", "argument 2 (sql) is \"\"; it must be a text that is not empty")]
    [InlineData("mysql.query", "[\"local\", \"SELECT 1\", 1]", "argument 3 (params) is 1; it must be an array of at most 1000 values")]
    [InlineData("mysql.query", "[\"local\", \"SELECT ?\", [[1]]]", "params[0] is an array; allowed: null, true, false, a number, a text, {base64: text}")]
    [InlineData("mysql.query", "[\"local\", \"SELECT ?\", [{\"base64\": \"?\"}]]", "params[0] is not base64")]
    [InlineData("mysql.query", "[\"local\", \"SELECT ?\", []]", "the statement has 1 parameters, 0 were given")]
    [InlineData("mysql.query", "[\"local\", \"SELECT 1\", [2]]", "the statement has 0 parameters, 1 were given")]
    [InlineData("mysql.query", "[\"local\", \"SELECT 1\", null, {\"timeout\": 1}]", "there is no option 'timeout'; there is: timeoutMs")]
    [InlineData("mysql.query", "[\"local\", \"SELECT 1\", null, {\"timeoutMs\": 0}]", "timeoutMs is 0; allowed: 1 to 3600000")]
    [InlineData("mysql.query", "[\"local\", \"SELECT 1\", null, {\"timeoutMs\": \"5\"}]", "timeoutMs is \"5\"; allowed: 1 to 3600000")]
    [InlineData("mysql.waitGtid", "[\"local\", \"0-1-1\"]", "timeoutMs is missing; allowed: 1 to 3600000")]
    public async Task A_wrong_call_is_told_what_is_allowed(string function, string arguments, string error)
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonObject answer = await host.CallAsync(function, MySqlCalls.Run(1), arguments);
        Assert.Equal((false, error), ((bool)answer["ok"]!, (string?)answer["error"]));
    }

    [LabFact(Programs)]
    public async Task A_statement_that_cannot_be_prepared_takes_no_parameters()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("PREPARE p FROM ?", "SELECT 1");
        Assert.False((bool)answer["ok"]!);
        Assert.Contains((int)answer["errno"]!, (int[])[1064, 1295]);
    }

    /// <summary>Whatever a hook passes: an answer, never an exception.</summary>
    [LabFact(Programs)]
    public async Task Any_arguments_get_an_answer()
    {
        using var host = new MySqlHost([fixture.Tcp with { QueryTimeout = TimeSpan.FromSeconds(5) }], TimeProvider.System);
        var random = new Random(20261124);
        string[] parts =
        [
            "null", "true", "-1", "1e400", "\"local\"", "\"SELECT ?\"", "\"\\ud800\"", "[]", "[null,1,\"x\"]",
            "[{\"base64\":\"\"}]", "{}", "{\"timeoutMs\":900}",
        ];
        for (int i = 0; i < 300; i++)
        {
            IEnumerable<string> some = Enumerable.Range(0, random.Next(4)).Select(_ => parts[random.Next(parts.Length)]);
            string arguments = $"[{string.Join(',', some.Prepend("\"local\""))}]";
            JsonObject answer = await host.CallAsync(host.Functions[random.Next(3)].Name, MySqlCalls.Run(1), arguments);
            Assert.True((bool)answer["ok"]! || answer["error"] is not null, $"{arguments}: {answer.ToJsonString()}");
        }
    }
}
