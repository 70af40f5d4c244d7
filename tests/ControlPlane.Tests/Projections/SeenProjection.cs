using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.Projections;

/// <summary>Keeps a row for each event, and another for each tick. Fails on events of the type <c>poison</c>, and whenever <see cref="Broken"/>.</summary>
internal sealed class SeenProjection(string schema, int version = 1, bool ticks = false) : IVersionedProjection
{
    public string Name => "Seen";

    public int Version => version;

    public bool WantsTicks => ticks;

    public bool Broken { get; set; }

    public int Ticks { get; private set; }

    public static async Task CreateTableAsync(NpgsqlDataSource database, string schema)
    {
        await using NpgsqlCommand create = database.CreateCommand($"create table {schema}.seen (version int, seq_id bigint)");
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public IProjection AtVersion(int version) => new SeenProjection(schema, version, ticks);

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken stop)
    {
        if (Broken)
        {
            throw new InvalidDataException("broken");
        }

        Ticks += batch.Events.Count == 0 ? 1 : 0;
        foreach (RecordedEvent recorded in batch.Events)
        {
            if (recorded.Type == "poison")
            {
                throw new InvalidDataException($"cannot fold {recorded.Stream}");
            }

            await using NpgsqlCommand insert = new($"insert into {schema}.seen values ($1, $2)", batch.Connection);
            insert.Parameters.AddWithValue(version);
            insert.Parameters.AddWithValue(recorded.Position);
            await insert.ExecuteNonQueryAsync(stop);
        }
    }

    public Task CommittedAsync(CancellationToken stop) => Task.CompletedTask;

    public void Forget()
    {
    }

    public async Task ResetAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand delete = new($"delete from {schema}.seen where version = $1", connection);
        delete.Parameters.AddWithValue(version);
        await delete.ExecuteNonQueryAsync(stop);
    }
}
