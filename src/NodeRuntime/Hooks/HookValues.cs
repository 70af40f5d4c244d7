using Keepalived.Es.Scripting.Host;
using Microsoft.Data.Sqlite;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>The values that hooks keep (<c>kv.*</c>), in a SQLite file of the state directory, apart from the journal. What was put is there after any end.</summary>
internal sealed class HookValues : IHookValues, IDisposable
{
    private const string FileName = "hooks.db";
    private readonly string _path;
    private readonly Lock _gate = new();
    private SqliteConnection? _connection;

    internal HookValues(string stateDirectory) => _path = Path.Combine(stateDirectory, FileName);

    public Task<string?> GetAsync(string file, string key, CancellationToken cancel) =>
        Do("select json from value where file = $file and key = $key", file, key, null, null, command => command.ExecuteScalar() as string);

    public Task PutAsync(string file, string key, string json, CancellationToken cancel) => Do(
        "insert into value (file, key, json) values ($file, $key, $json) on conflict (file, key) do update set json = excluded.json", file, key, json, null,
        command => command.ExecuteNonQuery());

    public Task<bool> CompareAndSetAsync(string file, string key, string? expected, string json, CancellationToken cancel) => Do(
        expected is null
            ? "insert into value (file, key, json) values ($file, $key, $json) on conflict (file, key) do nothing"
            : "update value set json = $json where file = $file and key = $key and json = $expected",
        file, key, json, expected, command => command.ExecuteNonQuery() == 1);

    public Task DeleteAsync(string file, string key, CancellationToken cancel) =>
        Do("delete from value where file = $file and key = $key", file, key, null, null, command => command.ExecuteNonQuery());

    public void Dispose()
    {
        lock (_gate)
        {
            _connection?.Dispose();
            _connection = null;
        }
    }

    private Task<T> Do<T>(string sql, string file, string key, string? json, string? expected, Func<SqliteCommand, T> run)
    {
        lock (_gate)
        {
            _connection ??= Open();
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = sql;
            command.Parameters.AddWithValue("$file", file);
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$json", (object?)json ?? DBNull.Value);
            command.Parameters.AddWithValue("$expected", (object?)expected ?? DBNull.Value);
            return Task.FromResult(run(command));
        }
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            "pragma journal_mode = wal; pragma synchronous = full; create table if not exists value (file text not null, key text not null, json text not null, primary key (file, key)) without rowid";
        command.ExecuteNonQuery();
        return connection;
    }
}
