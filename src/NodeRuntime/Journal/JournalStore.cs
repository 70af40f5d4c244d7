using Keepalived.Es.Domain.Events;
using Microsoft.Data.Sqlite;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>
/// The node's journal on disk: SQLite in WAL mode, one transaction a batch, synced before it counts. One writer; the uplink reads with a
/// connection of its own. What was appended survives a kill of the process and, with the disk's honesty, a power loss.
/// </summary>
internal sealed class JournalStore : IDisposable
{
    internal const string FileName = "journal.db";

    /// <summary>Held while a daemon writes: two at once would fork the chain.</summary>
    private const string LockName = "journal.lock";

    private static readonly string[] ParameterNames = ["$sequence", "$previous", "$hash", "$hlc", "$written", "$canonical"];

    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;
    private readonly string _node;
    private readonly string _boot;
    private long _sequence;
    private string _lastHash;
    private HybridTimestamp _clock;

    private JournalStore(FileStream @lock, SqliteConnection connection, string node, string boot, string lastHash, HybridTimestamp clock)
    {
        (_lock, _connection, _node, _boot, _lastHash, _clock) = (@lock, connection, node, boot, lastHash, clock);
    }

    /// <summary>Opens the journal under <paramref name="directory"/>, creating both if needed.</summary>
    /// <param name="directory">State directory, made with mode 0700.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="boot">Id of this start of the daemon.</param>
    /// <exception cref="IOException">The directory or the file cannot be used; the message names it and the remedy.</exception>
    internal static JournalStore Open(string directory, string node, string boot)
    {
        string path = Path.Combine(directory, FileName);
        FileStream? held = null;
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            held = new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            connection = Connect(directory, create: true);
            Execute(connection, "pragma journal_mode = wal");
            Execute(connection, """
                create table if not exists record (
                    id integer primary key autoincrement,
                    boot text not null,
                    sequence integer not null,
                    previous_hash text not null,
                    hash text not null,
                    hlc integer not null,
                    written_ms integer not null,
                    canonical blob not null,
                    unique (boot, sequence));
                create table if not exists acknowledged (only_row integer primary key check (only_row = 1), id integer not null);
                insert or ignore into acknowledged values (1, 0);
                """);
            using SqliteCommand last = connection.CreateCommand();
            last.CommandText = "select hash, hlc from record order by id desc limit 1";
            using SqliteDataReader reader = last.ExecuteReader();
            return reader.Read()
                ? new JournalStore(held, connection, node, boot, reader.GetString(0), new HybridTimestamp(reader.GetInt64(1)))
                : new JournalStore(held, connection, node, boot, NodeRecord.GenesisHash, default);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            held?.Dispose();
            throw new IOException(
                $"the journal {path} cannot be used: {e.Message} Make the directory writable for this user, or name another with 'state:' in node.yaml.", e);
        }
    }

    /// <summary>A connection for a reader of its own.</summary>
    /// <exception cref="SqliteException">The file is not there and <paramref name="create"/> is false, or it is no database.</exception>
    internal static SqliteConnection Connect(string directory, bool create)
    {
        var where = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(directory, FileName),
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 10,
        };
        var connection = new SqliteConnection(where.ToString());
        try
        {
            connection.Open();
            Execute(connection, "pragma synchronous = full; pragma busy_timeout = 10000; pragma cache_size = -512");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sequence of the newest record of this boot; 0 before the first.</summary>
    internal long LastSequence => _sequence;

    /// <summary>Appends a batch in one transaction and syncs it. Nothing of it is there if it throws.</summary>
    /// <param name="batch">Occurrences in their order.</param>
    /// <param name="causes">Looks up the sequence of an occurrence by its token, and learns those of this batch.</param>
    /// <exception cref="SqliteException">Disk full, I/O error and the like.</exception>
    internal void Append(IReadOnlyList<NodeOccurrence> batch, CauseTable causes)
    {
        (long sequence, string hash, HybridTimestamp clock) = (_sequence, _lastHash, _clock);
        var inBatch = new Dictionary<long, long>();              // nothing is learned before it is on disk: the batch may be given up
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand insert = _connection.CreateCommand();
        insert.CommandText = """
            insert into record (boot, sequence, previous_hash, hash, hlc, written_ms, canonical)
            values ($boot, $sequence, $previous, $hash, $hlc, $written, $canonical)
            """;
        insert.Parameters.AddWithValue("$boot", _boot);
        SqliteParameter[] parameters = [.. ParameterNames.Select(name => insert.Parameters.Add(new SqliteParameter(name, null)))];
        foreach (NodeOccurrence occurrence in batch)
        {
            long wall = occurrence.Wall.ToUnixTimeMilliseconds();
            clock = clock.Tick(wall);
            sequence++;
            long? cause = inBatch.TryGetValue(occurrence.CauseToken, out long known) ? known : causes.SequenceOf(occurrence.CauseToken);
            byte[] canonical = Canonical(occurrence, sequence, clock, cause);
            string next = NodeRecord.ChainHash(hash, canonical);
            object[] values = [sequence, hash, next, clock.Packed, wall, canonical];
            for (int i = 0; i < values.Length; i++)
            {
                parameters[i].Value = values[i];
            }

            insert.ExecuteNonQuery();
            hash = next;
            if (occurrence.Token != 0)
            {
                inBatch[occurrence.Token] = sequence;
            }
        }

        transaction.Commit();
        (_sequence, _lastHash, _clock) = (sequence, hash, clock);
        foreach ((long token, long at) in inBatch)
        {
            causes.Learn(token, at);
        }
    }

    /// <summary>Takes over the control plane's clock, so that what it knew is before what we write next.</summary>
    internal void Merge(HybridTimestamp remote, DateTimeOffset wall) =>
        _clock = _clock.Merge(remote, wall.ToUnixTimeMilliseconds(), MaximumAhead);

    /// <summary>
    /// Removes records older than <paramref name="before"/>, and the oldest ones beyond <paramref name="maximumBytes"/>; never the newest.
    /// </summary>
    /// <param name="acknowledgedOnly">Whether those that are not acknowledged stay whatever their age.</param>
    /// <returns>Rows removed.</returns>
    internal int Trim(DateTimeOffset before, long maximumBytes, bool acknowledgedOnly = true)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = """
            delete from record where (not $acknowledged or id <= (select id from acknowledged)) and id < (select max(id) from record) and (
                written_ms < $before
                or id <= (select coalesce(max(id), 0) from (
                    select id, sum(length(canonical) + 300) over (order by id desc) as newer from record) where newer > $bytes))
            """;
        command.Parameters.AddWithValue("$before", before.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$bytes", maximumBytes);
        command.Parameters.AddWithValue("$acknowledged", acknowledgedOnly);
        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _lock.Dispose();
    }

    /// <summary>A remote clock further ahead than this is not believed.</summary>
    private static readonly TimeSpan MaximumAhead = TimeSpan.FromMilliseconds(500);

    private byte[] Canonical(NodeOccurrence occurrence, long sequence, HybridTimestamp clock, long? cause) =>
        new NodeRecord(
            _node, _boot, sequence, clock.ToString(), occurrence.Wall.ToUniversalTime(), occurrence.Mono,
            EventCatalog.StreamOf(occurrence.Event), EventCatalog.AliasOf(occurrence.Event), EventCatalog.Serialize(occurrence.Event), cause)
        .ToCanonicalBytes();

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
