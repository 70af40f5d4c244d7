using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>The other yardstick: pgbench inserting single rows into <c>mt_events</c>, one transaction each, without any check.</summary>
internal static partial class PgBench
{
    [GeneratedRegex(@"tps = ([0-9.]+)")]
    private static partial Regex Rate { get; }

    /// <returns>Rows a second.</returns>
    internal static async Task<double> RateAsync(NpgsqlDataSource database, string connectionString, string schema, int clients, int seconds)
    {
        await using (NpgsqlCommand prepare = database.CreateCommand($"""
            create sequence if not exists {schema}.pgbench_version;
            insert into {schema}.mt_streams (tenant_id, id, version) values ('{SampleEvents.Tenant}', 'pgbench', 0) on conflict do nothing
            """))
        {
            await prepare.ExecuteNonQueryAsync();
        }

        string script = Path.GetTempFileName();
        var e = SampleEvents.Next(1);
        await File.WriteAllTextAsync(script, $"""
            insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type, correlation_id, headers, is_archived)
            values (nextval('{schema}.mt_events_sequence'), gen_random_uuid(), 'pgbench', nextval('{schema}.pgbench_version'), '{e.Data}', '{e.Type}', now(),
            '{SampleEvents.Tenant}', '{SampleEvents.DotNetType}', '{e.CorrelationId}', '{e.Headers}', false);
            """.ReplaceLineEndings(" ") + "\n");
        NpgsqlConnectionStringBuilder settings = new(connectionString);
        string[] arguments =
        [
            "-h", settings.Host!, "-U", settings.Username!, "-n", "-M", "prepared", "-f", script, "-T", seconds.ToString(CultureInfo.InvariantCulture),
            "-c", clients.ToString(CultureInfo.InvariantCulture), "-j", "2", settings.Database!,
        ];
        string program = Directory.GetFiles("/usr/lib/postgresql", "pgbench", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(script);
        return Rate.Match(output) is { Success: true } found
            ? double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"pgbench: {output} {await errors}");
    }
}
