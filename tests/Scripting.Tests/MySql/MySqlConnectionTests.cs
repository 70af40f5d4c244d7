using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Scripting.Tests.MySql;

/// <summary>Connecting, TLS, time limits, and servers that fail.</summary>
public sealed class MySqlConnectionTests(MySqlServerFixture fixture) : IClassFixture<MySqlServerFixture>
{
    private const string Programs = "mariadbd mariadb openssl";
    private const string Greeting = "Y\0\0\0\u000a10.11.19-MariaDB\0\u0001\0\0\0AAAAAAAA\0þ÷\u0008\u0002\0ÿ\u0081\u0015\0\0\0\0\0\0\u0007\0\0\0"
        + "AAAAAAAAAAAA\0mysql_native_password\0";

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [LabFact(Programs)]
    public async Task A_run_has_one_connection_to_a_target_and_loses_it_at_its_end()
    {
        using var host = new MySqlHost([fixture.Tcp, fixture.Tcp with { Name = "second" }], TimeProvider.System);
        const string Ask = "\"SELECT CONNECTION_ID() AS id\"";
        async Task<string> IdAsync(long run, string target) =>
            (await host.CallAsync("mysql.query", MySqlCalls.Run(run), $"[\"{target}\",{Ask}]"))["rows"]![0]!["id"]!.ToJsonString();
        string first = await IdAsync(1, "local");
        Assert.Equal(first, await IdAsync(1, "local"));
        Assert.Equal(3, new[] { first, await IdAsync(2, "local"), await IdAsync(1, "second") }.Distinct().Count());
        Assert.Equal(3, host.Connections);
        host.EndRun(1);
        await fixture.Server.UntilAsync("two connections are closed", () => host.Connections == 1);
        await fixture.Server.UntilAsync("the server knows it", () => Sessions($"id = {first}") == "0");
        host.Dispose();
        await fixture.Server.UntilAsync("all are closed", () => host.Connections == 0);
    }

    [LabFact(Programs)]
    public async Task A_wrong_password_is_refused_and_neither_password_is_told()
    {
        string wrong = Path.Combine(fixture.Server.Folder, "wrong");
        await File.WriteAllTextAsync(wrong, "hunter2\n");
        using var host = new MySqlHost([fixture.Tcp with { PasswordFile = wrong }], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SELECT 1");
        Assert.Equal((false, 1045), ((bool)answer["ok"]!, (int)answer["errno"]!));
        string refusal = $"cannot connect to local (127.0.0.1:{fixture.Server.Port}): Access denied for user 'hook'";
        Assert.StartsWith(refusal, (string)answer["error"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", answer.ToJsonString(), StringComparison.Ordinal);
        File.Delete(wrong);
        answer = await host.QueryAsync("SELECT 1");
        Assert.Equal($"cannot read the password of local: Could not find file '{wrong}'.", (string?)answer["error"]);
    }

    [LabFact(Programs)]
    public async Task A_password_is_read_again_at_each_connect()
    {
        string file = Path.Combine(fixture.Server.Folder, "changing");
        await File.WriteAllTextAsync(file, "not yet");
        using var host = new MySqlHost([fixture.Tcp with { PasswordFile = file }], TimeProvider.System);
        Assert.False((bool)(await host.QueryAsync("SELECT 1"))["ok"]!);
        await File.WriteAllTextAsync(file, MySqlServerFixture.Password);
        JsonObject answer = await host.QueryAsync("SELECT 1");
        Assert.True((bool)answer["ok"]!, answer.ToJsonString());
    }

    [LabFact(Programs)]
    public async Task A_unix_socket_is_used_where_one_is_named()
    {
        using var host = new MySqlHost([new MySqlTarget("local") { Socket = fixture.Server.Socket, User = "root" }], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SELECT USER() AS u");
        Assert.Equal("""{"ok":true,"rows":[{"u":"root@localhost"}],"warnings":0}""", answer.WithoutTime());
    }

    [LabTheory(Programs)]
    [InlineData(MySqlTls.Off, false, "127.0.0.1", true, "")]
    [InlineData(MySqlTls.Required, false, "127.0.0.1", true, "TLS")]
    [InlineData(MySqlTls.Verify, true, "127.0.0.1", true, "TLS")]
    [InlineData(MySqlTls.Verify, true, "localhost", true, "TLS")]
    [InlineData(MySqlTls.Verify, false, "127.0.0.1", false, "certificate")]          // not the system's authority
    [InlineData(MySqlTls.Verify, true, "127.0.0.2", false, "")]                       // the certificate does not name it
    public async Task Tls_is_what_the_target_asks_for(MySqlTls tls, bool withCa, string name, bool succeeds, string expected)
    {
        using var forward = name == "127.0.0.2" ? new LoopbackForward(name, fixture.Server.Port) : null;
        string? ca = withCa ? Path.Combine(fixture.Certificates, "ca.pem") : null;
        MySqlTarget target = fixture.Tcp with { Tls = tls, CaFile = ca, Host = name, Port = forward?.Port ?? fixture.Server.Port };
        using var host = new MySqlHost([target], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SHOW STATUS LIKE 'Ssl_version'");
        Assert.True(succeeds == (bool)answer["ok"]!, answer.ToJsonString());
        string seen = succeeds ? (string)answer["rows"]![0]!["Value"]! : (string)answer["error"]!;
        Assert.Contains(expected, seen, StringComparison.Ordinal);
        Assert.True(tls != MySqlTls.Off || seen.Length == 0, seen);
    }

    [LabTheory(Programs)]
    [InlineData(MySqlTls.Required)]
    [InlineData(MySqlTls.Verify)]
    public async Task Tls_that_is_asked_for_and_not_offered_is_an_error(MySqlTls tls)
    {
        using MariaDbServer plain = await MariaDbServer.StartAsync();
        plain.Sql("CREATE USER open@'127.0.0.1'; CREATE DATABASE shop; GRANT ALL ON *.* TO open@'127.0.0.1'");
        using var host = new MySqlHost([fixture.Tcp with { Port = plain.Port, Tls = tls, User = "open", PasswordFile = null }], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SELECT 1");
        Assert.Equal((false, 2026), ((bool)answer["ok"]!, (int)answer["errno"]!));
    }

    [LabFact(Programs)]
    public async Task A_refused_connection_says_so()
    {
        int port = FreePort.Find();
        using var host = new MySqlHost([fixture.Tcp with { Port = port }], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SELECT 1");
        Assert.Equal($"cannot connect to local (127.0.0.1:{port}): Connection refused", (string?)answer["error"]);
        await fixture.Server.UntilAsync("its thread is gone", () => host.Connections == 0);
    }

    [LabTheory(Programs)]
    [InlineData("")]                                             // accepts and is silent
    [InlineData(Greeting)]                                       // greets, and does not hear the log-in
    public async Task A_server_that_never_answers_is_given_up_at_the_limit(string greeting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var silent = new SilentServer(listener, greeting);
        using var host = new MySqlHost(
            [fixture.Tcp with { Port = ((IPEndPoint)listener.LocalEndpoint).Port, ConnectTimeout = Short }], TimeProvider.System);
        JsonObject answer = await host.QueryAsync("SELECT 1");
        Assert.EndsWith("): timed out after 300 ms", (string)answer["error"]!, StringComparison.Ordinal);
        await fixture.Server.UntilAsync("its thread is gone", () => host.Connections == 0);
    }

    [LabTheory(Programs)]
    [InlineData("SELECT SLEEP(3600)")]
    [InlineData("SELECT BENCHMARK(1000000000000, MD5('x'))")]
    [InlineData("SELECT MAX(a.seq + b.seq) FROM seq_1_to_10000000 a, seq_1_to_10000000 b")]
    public async Task A_statement_that_lasts_is_given_up_at_the_limit(string sql)
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonObject answer = await host.CallAsync("mysql.query", MySqlCalls.Run(1), $"[\"local\", \"{sql}\", [], {{\"timeoutMs\": 200}}]");
        Assert.Equal((false, "timed out after 200 ms"), ((bool)answer["ok"]!, (string?)answer["error"]));
        await fixture.Server.UntilAsync("its thread is gone", () => host.Connections == 0);
        Assert.True((bool)(await host.QueryAsync("SELECT 1"))["ok"]!);
        fixture.Server.Sql("KILL USER hook@'127.0.0.1'");         // it would run on
    }

    [LabFact(Programs)]
    public async Task A_call_does_not_outlast_the_hook()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonObject answer = await host.CallAsync("mysql.query", MySqlCalls.Run(1, Short), "[\"local\", \"SELECT SLEEP(3600)\"]");
        Assert.Equal("timed out after 300 ms", (string?)answer["error"]);
        using var end = new CancellationTokenSource();
        Task<JsonObject> call = host.CallAsync("mysql.query", MySqlCalls.Run(2), "[\"local\", \"SELECT SLEEP(3601)\"]", end.Token);
        await fixture.Server.UntilAsync("it runs", () => Sessions("info LIKE '%SLEEP(3601)'") == "1");
        await end.CancelAsync();
        Assert.Equal("given up: the hook has ended", (string?)(await call)["error"]);
        await fixture.Server.UntilAsync("the threads are gone", () => host.Connections == 0);
    }

    [LabFact(Programs)]
    public async Task A_server_that_dies_in_a_statement_ends_it_and_the_next_call_connects_anew()
    {
        using MariaDbServer server = await MariaDbServer.StartAsync();
        using var host = new MySqlHost([new MySqlTarget("local") { Socket = server.Socket, User = "root" }], TimeProvider.System);
        Task<JsonObject> call = host.QueryAsync("SELECT SLEEP(?)", 9);
        await server.UntilAsync("it runs", () => server.Sql("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'") == "1");
        server.Kill();
        JsonObject answer = await call;
        Assert.Equal((false, 2013), ((bool)answer["ok"]!, (int)answer["errno"]!));
        Assert.False((bool)(await host.QueryAsync("SELECT 1"))["ok"]!);
        await server.StartAgainAsync();
        answer = await host.QueryAsync("SELECT 1");
        Assert.True((bool)answer["ok"]!, answer.ToJsonString());
    }

    [LabFact(Programs)]
    public async Task Connections_are_bounded_and_come_free_again()
    {
        using var host = new MySqlHost([fixture.Tcp], TimeProvider.System);
        JsonObject[] answers = await Task.WhenAll(Enumerable.Range(0, MySqlHost.MaximumConnections)
            .Select(run => host.CallAsync("mysql.query", MySqlCalls.Run(run), "[\"local\", \"SELECT 1\"]")));
        Assert.All(answers, answer => Assert.True((bool)answer["ok"]!, answer.ToJsonString()));
        JsonObject refused = await host.CallAsync("mysql.query", MySqlCalls.Run(1000), "[\"local\", \"SELECT 1\"]");
        Assert.Equal("32 connections are open, no more are allowed", (string?)refused["error"]);
        host.EndRun(0);
        await fixture.Server.UntilAsync("one is free", () => host.Connections < MySqlHost.MaximumConnections);
        Assert.True((bool)(await host.CallAsync("mysql.query", MySqlCalls.Run(1000), "[\"local\", \"SELECT 1\"]"))["ok"]!);
    }

    [LabFact(Programs)]
    public async Task A_gtid_is_waited_for_and_the_wait_is_bounded()
    {
        using MariaDbServer server = await MariaDbServer.StartAsync("--server-id=7", "--log-bin");
        using var host = new MySqlHost([new MySqlTarget("local") { Socket = server.Socket, User = "root" }], TimeProvider.System);
        server.Sql("CREATE DATABASE d");
        string position = server.Sql("SELECT @@gtid_binlog_pos");
        server.Sql($"SET GLOBAL gtid_slave_pos = '{position}'");
        Task<JsonObject> WaitAsync(string set, int ms) => host.CallAsync("mysql.waitGtid", MySqlCalls.Run(1), $"[\"local\", \"{set}\", {ms}]");
        Assert.Equal("""{"ok":true,"reached":true}""", (await WaitAsync(position, 5000)).WithoutTime());
        Assert.Equal("""{"ok":true,"reached":false}""", (await WaitAsync("0-7-999", 100)).WithoutTime());
        JsonObject answer = await WaitAsync("nonsense' OR 1", 100);
        Assert.False((bool)answer["ok"]!, answer.ToJsonString());
    }

    private string Sessions(string which) =>
        fixture.Server.Sql($"SELECT COUNT(*) FROM information_schema.processlist WHERE {which} AND id <> CONNECTION_ID()");

    /// <summary>Says what a server says first, and nothing more.</summary>
    private sealed class SilentServer : IDisposable
    {
        private readonly List<Socket> _clients = [];

        internal SilentServer(TcpListener listener, string greeting) => _ = ServeAsync(listener, greeting);

        public void Dispose() => _clients.ForEach(client => client.Dispose());

        private async Task ServeAsync(TcpListener listener, string greeting)
        {
            Socket client = await listener.AcceptSocketAsync();
            _clients.Add(client);
            await client.SendAsync(System.Text.Encoding.Latin1.GetBytes(greeting));
        }
    }
}
