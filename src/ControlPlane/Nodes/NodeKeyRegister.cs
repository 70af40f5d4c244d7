using Npgsql;

namespace Keepalived.Es.ControlPlane.Nodes;

/// <summary>The nodes' public keys: the first that comes with a valid token is taken, another one only after the former was given up.</summary>
public sealed class NodeKeyRegister(NpgsqlDataSource database, string schema)
{
    /// <summary>Keeps the key of a node that has none. From here on its records must be signed.</summary>
    /// <returns>The id of the key that is in force: another one if another request was faster.</returns>
    public async Task<string> EnrollAsync(string tenant, string node, string keyId, byte[] publicKey, CancellationToken stop)
    {
        await using NpgsqlBatch batch = database.CreateBatch();
        NpgsqlBatchCommand insert = new($"""
            insert into {schema}.kes_node_keys (tenant, node, key_id, public_key, enrolled_after)
            select $1, $2, $3, $4, case when s.is_called then s.last_value else 0 end from {schema}.mt_events_sequence s
            on conflict (tenant, node) where retired is null do nothing
            """);
        NpgsqlBatchCommand look = new($"select key_id from {schema}.kes_node_keys where tenant = $1 and node = $2 and retired is null");
        foreach (object value in new object[] { tenant, node, keyId, publicKey })
        {
            insert.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        look.Parameters.Add(new NpgsqlParameter { Value = tenant });
        look.Parameters.Add(new NpgsqlParameter { Value = node });
        batch.BatchCommands.Add(insert);
        batch.BatchCommands.Add(look);
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        return reader.GetString(0);
    }

    /// <summary>Gives up the key that is in force; it goes on to vouch for what it has signed.</summary>
    /// <returns>Its id; null: the node has none.</returns>
    public async Task<string?> RetireAsync(string tenant, string node, CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"""
            update {schema}.kes_node_keys k set retired = clock_timestamp(), retired_after = (
                select case when s.is_called then s.last_value else 0 end from {schema}.mt_events_sequence s)
            where k.tenant = $1 and k.node = $2 and k.retired is null returning k.key_id
            """);
        command.Parameters.AddWithValue(tenant);
        command.Parameters.AddWithValue(node);
        return await command.ExecuteScalarAsync(stop) as string;
    }
}
