using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.Domain.Events;
using Npgsql;
using NpgsqlTypes;

namespace Keepalived.Es.ControlPlane.Commands;

/// <summary>
/// Commands for nodes. A node gets those that it has not acknowledged with every answer to what it sends, and knows one that it has seen; its acknowledgement is
/// an event like any other.
/// </summary>
public sealed class CommandRegister(NpgsqlDataSource database, string schema)
{
    private const string Acknowledgement = "command_acknowledged";

    /// <summary>A command that no node has taken by then is given up: an operator does not expect it an hour later.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Commands handed to a node at once.</summary>
    private const int Limit = 64;

    /// <summary>Puts a command on its way to each of the nodes.</summary>
    public async Task<IReadOnlyList<CommandState>> IssueAsync(IReadOnlyList<(string Tenant, string Node)> nodes, DrainRequest request, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        ArgumentNullException.ThrowIfNull(request);
        List<CommandState> issued = [];
        foreach ((string tenant, string node) in nodes)
        {
            var command = new NodeCommand(Guid.CreateVersion7(), request.Drain ? "drain" : "undrain", request.Service, request.Server, request.ForSeconds, request.By);
            await using NpgsqlCommand insert = database.CreateCommand($"insert into {schema}.kes_commands (id, tenant, node, body) values ($1, $2, $3, $4)");
            insert.Parameters.AddWithValue(command.Id);
            insert.Parameters.AddWithValue(tenant);
            insert.Parameters.AddWithValue(node);
            insert.Parameters.AddWithValue(NpgsqlDbType.Jsonb, JsonSerializer.Serialize(command, ApiJson.Options));
            await insert.ExecuteNonQueryAsync(stop);
            issued.Add(new CommandState(command.Id, node, null, null));
        }

        return issued;
    }

    /// <summary>What a node has still to do, the oldest first.</summary>
    public async Task<IReadOnlyList<NodeCommand>> PendingAsync(string tenant, string node, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            select body from {schema}.kes_commands
            where tenant = $1 and node = $2 and acknowledged is null and issued > clock_timestamp() - $3 order by issued limit {Limit}
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        command.Parameters.AddWithValue(Lifetime);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, row => JsonSerializer.Deserialize<NodeCommand>(row.GetString(0), ApiJson.Options)!, stop);
    }

    /// <summary>Takes the acknowledgements of a batch that is stored.</summary>
    public async Task AcknowledgeAsync(string tenant, string node, IngestBatch batch, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(batch);
        foreach (IngestRecord record in batch.Records.Where(record => record.Record.Type == Acknowledgement))
        {
            if (EventCatalog.Deserialize(Acknowledgement, record.Record.Data) is not CommandAcknowledged done || !Guid.TryParse(done.Command, out Guid id))
            {
                continue;
            }

            await using NpgsqlCommand command = database.CreateCommand($"""
                update {schema}.kes_commands set acknowledged = clock_timestamp(), error = $4 where id = $1 and tenant = $2 and node = $3 and acknowledged is null
                """);
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(tenant);
            command.Parameters.AddWithValue(node);
            command.Parameters.AddWithValue(NpgsqlDbType.Varchar, (object?)done.Error ?? DBNull.Value);
            await command.ExecuteNonQueryAsync(stop);
        }
    }

    /// <summary>How commands stand; unknown ids are left out.</summary>
    public async Task<IReadOnlyList<CommandState>> FindAsync(Guid[] ids, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select id, node, acknowledged, error from {schema}.kes_commands where id = any($1) order by node");
        command.Parameters.AddWithValue(ids);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(
            reader,
            row => new CommandState(
                row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTime>(2), row.IsDBNull(3) ? null : row.GetString(3)),
            stop);
    }
}
