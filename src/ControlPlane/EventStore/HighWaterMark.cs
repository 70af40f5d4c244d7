using System.Collections.Immutable;
using Npgsql;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>
/// The position up to which every event that can ever appear is visible.
/// <para>
/// nextval() takes a RowExclusiveLock on the sequence and keeps it until its transaction ends. So whoever holds a drawn but
/// uncommitted position is in pg_locks, and PostgreSQL makes a commit visible before it releases the locks. First the sequence is
/// read (L), then the lock holders (H). Each position up to L was drawn before; its transaction has ended and is visible to
/// snapshots from now on, or it is in H. When none of H holds the lock any more, the mark is L.
/// </para>
/// Unlike a gap timer this never waits after a rollback, and only writers of events hold it back. It rests on position and row being
/// of one transaction, which holds for our own functions and for Marten's quick append.
/// </summary>
public sealed class HighWaterMark(NpgsqlDataSource database, string schema) : IDisposable
{
    /// <summary>Readings are applied in the order in which they were made: an older one could not see a fence's writers.</summary>
    private readonly SemaphoreSlim _turn = new(1);
    private long _mark;
    private Fence? _fence;

    /// <summary>Asks the database once and returns the mark, which never falls, and the last position that was drawn.</summary>
    public async Task<(long Mark, long Drawn)> AdvanceAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            (long drawn, ImmutableHashSet<string> writers) = await ReadAsync(stop);
            return (Advance(drawn, writers), drawn);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private long Advance(long drawn, ImmutableHashSet<string> writers)
    {
        if (writers.IsEmpty)
        {
            (_mark, _fence) = (Math.Max(_mark, drawn), null);
        }
        else if (_fence is null)
        {
            _fence = new Fence(drawn, writers);
        }
        else if (!_fence.Writers.Overlaps(writers))
        {
            (_mark, _fence) = (Math.Max(_mark, _fence.Drawn), new Fence(drawn, writers));
        }

        return _mark;
    }

    private async Task<(long Drawn, ImmutableHashSet<string> Writers)> ReadAsync(CancellationToken stop)
    {
        await using NpgsqlBatch batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"select case when is_called then last_value else 0 end from {schema}.mt_events_sequence"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            select virtualtransaction from pg_locks
            where locktype = 'relation' and mode = 'RowExclusiveLock' and granted and relation = '{schema}.mt_events_sequence'::regclass
              and database = (select oid from pg_database where datname = current_database())
            """));
        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(stop);
        await reader.ReadAsync(stop);
        long drawn = reader.GetInt64(0);
        await reader.NextResultAsync(stop);
        ImmutableHashSet<string>.Builder writers = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(stop))
        {
            writers.Add(reader.GetString(0));
        }

        return (drawn, writers.ToImmutable());
    }

    private sealed record Fence(long Drawn, ImmutableHashSet<string> Writers);
}
