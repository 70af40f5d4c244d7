using System.Runtime.CompilerServices;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Anchors;

/// <summary>The table <c>kes_anchors</c>: one owner at a time adds, one keeps outside.</summary>
public sealed class AnchorStore(NpgsqlDataSource database, string schema) : IDisposable
{
    /// <summary>Looks at the high-water mark, <see cref="BetweenLooks"/> apart, while appends are under way.</summary>
    private const int Looks = 100;

    private const string Columns = "number, from_seq, to_seq, events, root, at, previous, hash";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);
    private readonly HighWaterMark _mark = new(database, schema);

    /// <summary>Adds a root over all events since the last one.</summary>
    /// <param name="interval">Not when the last one is younger.</param>
    /// <returns>Null: nothing is new, the last one is young, or another server is at it.</returns>
    public async Task<Anchor?> AddAsync(TimeSpan interval, CancellationToken stop)
    {
        long mark = await MarkAsync(stop);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        if (!await TryLockAsync(connection, "KesAnchors", stop))
        {
            return null;
        }

        (Anchor? last, DateTimeOffset now) = await LastAsync(connection, stop);
        long from = (last?.To ?? 0) + 1;
        if (mark < from || (last is not null && now - last.At < interval))
        {
            return null;
        }

        (long events, string root) = await AnchorLeaf.RootAsync(connection, schema, from, mark, stop);
        Anchor anchor = Anchor.Seal((last?.Number ?? 0) + 1, from, mark, events, root, now, last?.Hash ?? Anchor.Genesis);
        await InsertAsync(connection, anchor, stop);
        await transaction.CommitAsync(stop);
        return anchor;
    }

    /// <summary>Hands the anchors that are not outside yet to <paramref name="keep"/>, oldest first; one that it has taken is not handed over again,
    /// unless this process is killed in between.</summary>
    public async Task KeepAsync(Func<Anchor, CancellationToken, Task> keep, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(keep);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(stop);
        if (!await TryLockAsync(connection, "KesAnchors outside", stop))
        {
            return;
        }

        await using NpgsqlCommand waiting = new($"select {Columns} from {schema}.kes_anchors where kept is null order by number limit 1000", connection);
        List<Anchor> anchors;
        await using (NpgsqlDataReader reader = await waiting.ExecuteReaderAsync(stop))
        {
            anchors = await EventRows.ReadAsync(reader, Read, stop);
        }

        try
        {
            foreach (Anchor anchor in anchors)
            {
                await keep(anchor, stop);
                await using NpgsqlCommand kept = new($"update {schema}.kes_anchors set kept = clock_timestamp() where number = $1", connection);
                kept.Parameters.AddWithValue(anchor.Number);
                await kept.ExecuteNonQueryAsync(stop);
            }
        }
        finally
        {
            await transaction.CommitAsync(CancellationToken.None);       // those before the one that failed are outside
        }
    }

    /// <summary>All anchors by number.</summary>
    public async IAsyncEnumerable<Anchor> ReadAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await using NpgsqlCommand command = database.CreateCommand($"select {Columns} from {schema}.kes_anchors order by number");
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        while (await reader.ReadAsync(stop))
        {
            yield return Read(reader);
        }
    }

    /// <summary>Up to 1,000 anchors behind a number.</summary>
    internal static async Task<List<Anchor>> PageAsync(NpgsqlConnection connection, string schema, long after, CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"select {Columns} from {schema}.kes_anchors where number > $1 order by number limit 1000", connection);
        command.Parameters.AddWithValue(after);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        return await EventRows.ReadAsync(reader, Read, stop);
    }

    public void Dispose() => _mark.Dispose();

    private static Anchor Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetString(4), new DateTimeOffset(row.GetFieldValue<DateTime>(5)),
        row.GetString(6), row.GetString(7));

    private async Task<long> MarkAsync(CancellationToken stop)
    {
        (long mark, long wanted) = await _mark.AdvanceAsync(stop);
        for (int look = 1; mark < wanted && look < Looks; look++)
        {
            await Task.Delay(BetweenLooks, stop);
            (mark, _) = await _mark.AdvanceAsync(stop);
        }

        return mark;
    }

    private async Task<bool> TryLockAsync(NpgsqlConnection connection, string purpose, CancellationToken stop)
    {
        await using NpgsqlCommand take = new("select pg_try_advisory_xact_lock($1)", connection);
        take.Parameters.AddWithValue(Shard.LockKey(schema, purpose));
        return await take.ExecuteScalarAsync(stop) is true;
    }

    private async Task<(Anchor? Last, DateTimeOffset Now)> LastAsync(NpgsqlConnection connection, CancellationToken stop)
    {
        await using NpgsqlCommand command = new(
            $"select {Columns}, clock_timestamp() from (select 1) one left join (select * from {schema}.kes_anchors order by number desc limit 1) a on true", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        return (reader.IsDBNull(0) ? null : Read(reader), new DateTimeOffset(reader.GetFieldValue<DateTime>(8)));
    }

    private async Task InsertAsync(NpgsqlConnection connection, Anchor anchor, CancellationToken stop)
    {
        await using NpgsqlCommand insert = new($"insert into {schema}.kes_anchors ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8)", connection);
        foreach (object value in new object[] { anchor.Number, anchor.From, anchor.To, anchor.Events, anchor.Root, anchor.At.UtcDateTime, anchor.Previous, anchor.Hash })
        {
            insert.Parameters.AddWithValue(value);
        }

        await insert.ExecuteNonQueryAsync(stop);
    }
}
