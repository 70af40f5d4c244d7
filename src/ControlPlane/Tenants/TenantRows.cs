using System.Data;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Transfer;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>
/// Carries the rows of a tenant that are not events: as lines of JSON with their number and SHA-256 at the end, like an export. At the target they wait in
/// <c>kes_arrivals</c> until all are there, and then take the place of what was there, in one transaction.
/// </summary>
public sealed class TenantRows(NpgsqlDataSource database, string schema, TenantRegister tenants)
{
    private readonly TenantTable[] _carried = [.. TenantTable.All.Where(table => table.Fate == RowFate.Carried)];

    /// <summary>Writes the lines, in one snapshot.</summary>
    public async Task WriteAsync(Stream output, string site, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(output);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long written = 0;
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        foreach (TenantTable table in _carried)
        {
            await using NpgsqlCommand command = Command(
                connection, $"select jsonb_build_object('table', '{table.Name}', 'row', to_jsonb(r))::text from ({table.Read}) r", site);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
            {
                byte[] line = Line(reader.GetString(0));
                hash.AppendData(line);
                await output.WriteAsync(line, stop);
                written++;
            }
        }

        await output.WriteAsync(
            Line(JsonSerializer.Serialize(new ExportEnd(written, Convert.ToHexStringLower(hash.GetHashAndReset())), ApiJson.Options)), stop);
    }

    /// <summary>Takes lines that have arrived; those of a number that is there already take its place.</summary>
    /// <param name="first">Number of the first one, from 0.</param>
    internal async Task TakeAsync(string site, Guid move, long first, string[] lines, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await tenants.EnterArrivingAsync(connection, site, move, stop);
        await using NpgsqlCommand insert = Command(connection, $"""
            insert into {schema}.kes_arrivals (tenant, number, line) select $1, $2 + u.ord - 1, u.line from unnest($3) with ordinality u(line, ord)
            on conflict (tenant, number) do update set line = excluded.line
            """, site);
        insert.Parameters.AddWithValue(first);
        insert.Parameters.AddWithValue(NpgsqlDbType.Array | NpgsqlDbType.Text, lines);
        await insert.ExecuteNonQueryAsync(stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Puts the lines that have arrived in the place of the rows that are there.</summary>
    /// <exception cref="MoveRefusedException">A row cannot stand here, such as a token that a node of another site has.</exception>
    internal async Task PlaceAsync(string site, Guid move, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await tenants.EnterArrivingAsync(connection, site, move, stop);
        foreach (TenantTable table in _carried)
        {
            string rows = $"""
                with rows as materialized (
                    select r.* from {schema}.kes_arrivals a cross join lateral jsonb_populate_record(null::{schema}.{table.Name}, a.line::jsonb -> 'row') r
                    where a.tenant = $1 and a.line::jsonb ->> 'table' = '{table.Name}')
                """;
            try
            {
                if (table.Clear.Length > 0)
                {
                    await using NpgsqlCommand clear = Command(connection, table.Clear, site);
                    await clear.ExecuteNonQueryAsync(stop);
                }

                await using NpgsqlCommand place = Command(connection, rows + table.Place, site);
                await place.ExecuteNonQueryAsync(stop);
            }
            catch (PostgresException refused) when (refused.SqlState[..2] is "22" or "23")
            {
                throw new MoveRefusedException($"a row of {table.Name} cannot stand at the target: {refused.MessageText}");
            }
        }

        await transaction.CommitAsync(stop);
    }

    /// <summary>Number and SHA-256 of the lines that have arrived.</summary>
    internal async Task<ExportEnd> DigestAsync(string site, CancellationToken stop)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long lines = 0;
        await using NpgsqlCommand command = database.CreateCommand($"select line from {schema}.kes_arrivals where tenant = $1 order by number");
        command.Parameters.AddWithValue(site);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            hash.AppendData(Line(reader.GetString(0)));
            lines++;
        }

        return new ExportEnd(lines, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Forgets the lines that have arrived, in the connection's transaction.</summary>
    internal async Task ForgetAsync(NpgsqlConnection connection, string site, CancellationToken stop)
    {
        await using NpgsqlCommand delete = Command(connection, $"delete from {schema}.kes_arrivals where tenant = $1", site);
        await delete.ExecuteNonQueryAsync(stop);
    }

    private NpgsqlCommand Command(NpgsqlConnection connection, string sql, string site)
    {
        NpgsqlCommand command = new(sql.Replace("{s}", schema, StringComparison.Ordinal), connection);
        command.Parameters.AddWithValue(site);
        return command;
    }

    private static byte[] Line(string text) => Encoding.UTF8.GetBytes(text + "\n");
}
