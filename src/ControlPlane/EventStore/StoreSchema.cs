using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>Creates and upgrades the tables and functions, from the SQL files of the folder Schema.</summary>
public static partial class StoreSchema
{
    /// <summary>Version of the <c>kes_*</c> tables that this program writes.</summary>
    public const int Version = 1;

    /// <summary>Advisory lock that keeps two starting servers apart: "kes" in ASCII and the purpose.</summary>
    private const long UpgradeLock = 0x6B65730001;

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex SchemaName { get; }

    /// <exception cref="ArgumentException">Not a plain lower-case identifier.</exception>
    public static string Checked(string schema) =>
        SchemaName.IsMatch(schema)
            ? schema
            : throw new ArgumentException($"schema name '{schema}': allowed are 1 to 63 of a-z, 0-9 and _, not starting with a digit",
                nameof(schema));

    /// <summary>Brings the database to <see cref="Version"/>. Idempotent; one transaction.</summary>
    /// <exception cref="InvalidOperationException">A newer program has written this database.</exception>
    public static async Task ApplyAsync(NpgsqlDataSource database, string schema, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(database);
        Checked(schema);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({UpgradeLock}); set local client_min_messages = warning", stop);
        await ExecuteAsync(connection, $"create schema if not exists {schema}", stop);
        foreach (string sql in Scripts())
        {
            await ExecuteAsync(connection, sql.Replace("{schema}", schema, StringComparison.Ordinal), stop);
        }

        await using NpgsqlCommand stamp = new($"select coalesce(max(version), 0) from {schema}.kes_schema", connection);
        int found = (int)(await stamp.ExecuteScalarAsync(stop))!;
        if (found > Version)
        {
            throw new InvalidOperationException(
                $"the database's schema '{schema}' has version {found}, this kes knows {Version} at most: use the kes that wrote it, or a later one");
        }

        await ExecuteAsync(connection, $"insert into {schema}.kes_schema (version) values ({Version}) on conflict do nothing", stop);
        await transaction.CommitAsync(stop);
    }

    private static IEnumerable<string> Scripts()
    {
        Assembly assembly = typeof(StoreSchema).Assembly;
        IEnumerable<string> scripts = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal));
        foreach (string name in scripts.Order(StringComparer.Ordinal))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
            yield return reader.ReadToEnd();
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }
}
