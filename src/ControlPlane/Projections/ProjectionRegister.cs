using Npgsql;


namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>Which version of a projection is read, and which is being built beside it.</summary>
/// <param name="Live">Readers take its rows.</param>
/// <param name="Building">Null: none.</param>
public readonly record struct ProjectionVersions(int Live, int? Building);

/// <summary>The versions of the projections, in <c>kes_projections</c>.</summary>
public sealed class ProjectionRegister(NpgsqlDataSource database, string schema)
{
    /// <summary>The versions; a projection that is new becomes live in the version that the program gives it.</summary>
    public async Task<ProjectionVersions> VersionsAsync(IProjection projection, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(projection);
        await using NpgsqlBatch batch = database.CreateBatch();
        NpgsqlBatchCommand add = new($"insert into {schema}.kes_projections (name, live_version) values ($1, $2) on conflict do nothing");
        add.Parameters.Add(new NpgsqlParameter { Value = projection.Name });
        add.Parameters.Add(new NpgsqlParameter { Value = projection.Version });
        NpgsqlBatchCommand read = new($"select live_version, building_version from {schema}.kes_projections where name = $1");
        read.Parameters.Add(new NpgsqlParameter { Value = projection.Name });
        batch.BatchCommands.Add(add);
        batch.BatchCommands.Add(read);
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        return new ProjectionVersions(reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetInt32(1));
    }

    /// <summary>
    /// Orders a rebuild. A projection with versions is built once more beside the live one, by whichever server gets to it first; another begins again in
    /// place, and its readers see it grow.
    /// </summary>
    public async Task OrderRebuildAsync(IProjection projection, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(projection);
        await VersionsAsync(projection, stop);
        if (projection is IVersionedProjection)
        {
            await using NpgsqlCommand order = database.CreateCommand(
                $"update {schema}.kes_projections set building_version = live_version + 1 where name = $1 and building_version is null");
            order.Parameters.AddWithValue(projection.Name);
            await order.ExecuteNonQueryAsync(stop);
            return;
        }

        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await ForgetShardAsync(connection, projection, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Makes the version that was built the live one and drops the other's rows, unless the other is further.</summary>
    /// <returns>False: the live one is further; fold on and try again.</returns>
    internal async Task<bool> SwapAsync(IProjection live, IProjection built, CancellationToken stop)
    {
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        await using NpgsqlCommand swap = new($"""
            update {schema}.kes_projections set live_version = $2, building_version = null
            where name = $1 and building_version = $2
              and (select last_seq_id from {schema}.mt_event_progression where name = $3) >= coalesce(
                  (select p.last_seq_id from {schema}.mt_event_progression p where p.name = $4 for update), 0)
            """, connection);
        swap.Parameters.AddWithValue(built.Name);
        swap.Parameters.AddWithValue(built.Version);
        swap.Parameters.AddWithValue(Shard.Name(built));
        swap.Parameters.AddWithValue(Shard.Name(live));
        if (await swap.ExecuteNonQueryAsync(stop) == 0)
        {
            return false;
        }

        await ForgetShardAsync(connection, live, stop);
        await transaction.CommitAsync(stop);
        return true;
    }

    private async Task ForgetShardAsync(NpgsqlConnection connection, IProjection projection, CancellationToken stop)
    {
        foreach (string forget in new[]
        {
            $"delete from {schema}.mt_event_progression where name = $1", $"delete from {schema}.kes_parked_events where projection = $1",
        })
        {
            await using NpgsqlCommand command = new(forget, connection);
            command.Parameters.AddWithValue(Shard.Name(projection));
            await command.ExecuteNonQueryAsync(stop);
        }

        await projection.ResetAsync(connection, stop);
    }
}
