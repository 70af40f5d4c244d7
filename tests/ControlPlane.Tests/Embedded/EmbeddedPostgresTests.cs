using System.Diagnostics;
using Keepalived.Es.ControlPlane.Embedded;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.Embedded;

public sealed class EmbeddedPostgresTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_keeps_its_data_over_stop_and_kill_and_stops_when_told()
    {
        using TemporaryDirectory directory = new();
        List<string> said = [];
        EmbeddedPostgres first = await EmbeddedPostgres.StartAsync(directory.Path, said.Add, Stop);
        await ExecuteAsync(first, "create table kept (a int); insert into kept values (51)");
        EmbeddedException second = await Assert.ThrowsAsync<EmbeddedException>(() =>
            EmbeddedPostgres.StartAsync(directory.Path, _ => { }, Stop));
        Assert.Contains("in use by another kes", second.Message, StringComparison.Ordinal);
        int pid = first.ProcessId!.Value;
        await first.DisposeAsync();
        await EndsAsync(pid);

        await using EmbeddedPostgres again = await EmbeddedPostgres.StartAsync(directory.Path, said.Add, Stop);
        Assert.Equal(51, await ScalarAsync(again, "select a from kept"));
        Assert.Equal("", await ScalarAsync(again, "show listen_addresses"));
        Assert.NotEqual("root", Owner(again.ProcessId!.Value));
        Assert.Equal(3, said.Count);
    }

    [Fact]
    public async Task A_server_that_a_killed_program_left_running_is_adopted()
    {
        using TemporaryDirectory directory = new();
        EmbeddedPostgres left = await EmbeddedPostgres.StartAsync(directory.Path, _ => { }, Stop);
        int pid = left.ProcessId!.Value;
        await ExecuteAsync(left, "create table kept (a int)");
        left.Abandon();
        List<string> said = [];
        await using (EmbeddedPostgres adopted = await EmbeddedPostgres.StartAsync(directory.Path, said.Add, Stop))
        {
            Assert.Equal(pid, adopted.ProcessId);
            Assert.StartsWith("adopted the server that an earlier kes left running", Assert.Single(said), StringComparison.Ordinal);
            Assert.Equal(0L, await ScalarAsync(adopted, "select count(*) from kept"));
        }

        await EndsAsync(pid);
    }

    [Fact]
    public void A_pid_file_that_names_another_program_is_not_believed()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(Path.Combine(directory.Path, "postmaster.pid"), $"{Environment.ProcessId}\n{directory.Path}\n");
        Assert.Null(PostmasterProcess.Find(directory.Path));
        File.WriteAllText(Path.Combine(directory.Path, "postmaster.pid"), "nonsense");
        Assert.Null(PostmasterProcess.Find(directory.Path));
    }

    [Fact]
    public void Missing_programs_are_one_message_that_names_the_package()
    {
        EmbeddedException none = Assert.Throws<EmbeddedException>(() => PostgresBinaries.Find(null, "/nowhere", path: ""));
        Assert.Contains("install the Debian package 'postgresql'", none.Message, StringComparison.Ordinal);
        EmbeddedException other = Assert.Throws<EmbeddedException>(() => PostgresBinaries.Find(7));
        Assert.Contains("install the Debian package 'postgresql-7'", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_refused_before_anything_is_made()
    {
        string path = $"/tmp/{new string('k', 90)}";
        EmbeddedException refused = await Assert.ThrowsAsync<EmbeddedException>(() => EmbeddedPostgres.StartAsync(path, _ => { }, Stop));
        Assert.Contains("choose a shorter --data", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task A_pid_file_left_by_a_crash_does_not_keep_it_from_starting()
    {
        using TemporaryDirectory directory = new();
        await (await EmbeddedPostgres.StartAsync(directory.Path, _ => { }, Stop)).DisposeAsync();
        string pidFile = Path.Combine(directory.Path, "postgres", "postmaster.pid");
        File.WriteAllText(pidFile, $"{Environment.ProcessId}\n{directory.Path}/postgres\n0\n5432\n\n\n");
        await using EmbeddedPostgres again = await EmbeddedPostgres.StartAsync(directory.Path, _ => { }, Stop);
        Assert.NotNull(again.ProcessId);
    }

    /// <summary>A server removes its pid file a moment before it ends.</summary>
    private static async Task EndsAsync(int pid)
    {
        while (Runs(pid))
        {
            await Task.Delay(10, Stop);
        }
    }

    /// <summary>A process that ended and was not waited for still has a directory in /proc.</summary>
    private static bool Runs(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Owner(int pid)
    {
        using Process ps = Process.Start(new ProcessStartInfo("stat", ["-c", "%U", $"/proc/{pid}"]) { RedirectStandardOutput = true })!;
        return ps.StandardOutput.ReadToEnd().Trim();
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql) => await ScalarAsync(server, sql);

    private static async Task<object?> ScalarAsync(EmbeddedPostgres server, string sql)
    {
        await using NpgsqlConnection connection = new(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync(Stop);
    }
}
