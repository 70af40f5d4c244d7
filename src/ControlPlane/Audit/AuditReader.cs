using System.Globalization;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>What part of history is asked for.</summary>
/// <param name="Limit">At most so many events, the latest ones.</param>
public sealed record TimelineQuery(DateTimeOffset From, DateTimeOffset To, string? Node, string? Instance, int Limit);

/// <summary>Fetches from the store what the pure parts of the audit work on.</summary>
public sealed class AuditReader(NpgsqlDataSource database, string schema, ContactReader contacts, BoardHistory history, TimeProvider time)
{
    private const string Transitions = "('instance_became_master', 'instance_became_backup', 'instance_entered_fault', 'instance_stopped')";

    /// <summary>Events looked through for the hooks of one transition.</summary>
    private const int HookEventLimit = 20_000;

    private readonly string _select = $"select {EventRows.Columns} from {schema}.mt_events e join {schema}.kes_node_events k on k.seq_id = e.seq_id";

    /// <param name="name">A position, an event id, <c>last</c> or <c>last:NODE</c> (the latest transition).</param>
    /// <returns>Null when there is no such event.</returns>
    /// <exception cref="FormatException">None of these forms.</exception>
    public async Task<RecordedEvent?> FindAsync(string name, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(name);
        (string where, object[] values) = name switch
        {
            "last" => ($"k.type in {Transitions} and {TenantRegister.Shown(schema, "k.tenant")} order by k.wall desc, k.seq_id desc limit 1", Array.Empty<object>()),
            _ when name.StartsWith("last:", StringComparison.Ordinal) =>
                ($"k.type in {Transitions} and k.node = $1 and {TenantRegister.Shown(schema, "k.tenant")} order by k.wall desc, k.seq_id desc limit 1", [name[5..]]),
            _ when long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long position) => ("k.seq_id = $1", [position]),
            _ when Guid.TryParse(name, out Guid id) => ("k.id = $1", [id]),
            _ => throw new FormatException($"event '{name}': a position, an event id, 'last' or 'last:NODE' is expected"),
        };
        return (await ReadAsync($"{_select} where {where}", values, stop)).FirstOrDefault();
    }

    /// <summary>Events of the site from a minute before to a minute after, in causal order.</summary>
    public async Task<IReadOnlyList<RecordedEvent>> AroundAsync(RecordedEvent subject, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return await ReadAsync(
            $"{_select} where k.tenant = $1 and k.wall between $2 and $3 order by k.hlc, k.node, k.node_sequence",
            [subject.Tenant, (subject.Time - AuditContext.Reach).UtcDateTime, (subject.Time + AuditContext.Reach).UtcDateTime], stop);
    }

    /// <summary>Everything around a transition.</summary>
    public async Task<AuditContext> ContextAsync(RecordedEvent subject, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(subject);
        IReadOnlyList<RecordedEvent> events = await AroundAsync(subject, stop);
        List<RecordedEvent> words = await ReadAsync(
            $"""
            select distinct on (e.stream_id, k.type = 'instance_configured') {EventRows.Columns}
            from {schema}.mt_events e join {schema}.kes_node_events k on k.seq_id = e.seq_id
            where k.tenant = $1 and k.wall <= $2 and k.type in {Landmarks.Sql} and k.type <> 'priority_changed' and e.stream_id not like 'health/%'
              and (k.node <> $3 or k.seq_id <= $4)
            order by e.stream_id, k.type = 'instance_configured', e.version desc
            """,
            [subject.Tenant, subject.Time.UtcDateTime, subject.Origin?.Node ?? "", subject.Position],
            stop);
        return new AuditContext(
            subject, events, words.FindAll(e => e.Event is InstanceConfigured), words.FindAll(e => e.Event is not InstanceConfigured),
            await contacts.IntervalsAsync(subject.Tenant, subject.Time - AuditContext.Reach, subject.Time + AuditContext.Reach, stop),
            time.GetUtcNow());
    }

    /// <summary>The runs of hooks in JavaScript that followed from a transition, or the one run that an event of a hook belongs to.</summary>
    public async Task<IReadOnlyList<HookRunRecord>> HookRunsAsync(RecordedEvent subject, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(subject);
        if (subject.Origin is not { } origin)
        {
            return [];
        }

        List<RecordedEvent> events = await ReadAsync(
            $"""
            {_select}
            where k.tenant = $1 and k.node = $2 and k.boot = $3 and k.type in ('hook_started', 'hook_host_called', 'hook_finished') and k.node_sequence >= $4
            order by k.node_sequence limit {HookEventLimit}
            """,
            [subject.Tenant, origin.Node, origin.Boot, subject.Event is IHookEvent ? 1L : origin.Sequence], stop);
        long? only = subject.Event switch { HookStarted e => e.Run, HookFinished e => e.Run, HookHostCalled e => e.Run, _ => null };
        return [.. events.Where(e => e.Event is HookStarted { Function: not null } started && (only is null ? e.CausationId == $"{origin.Node}/{origin.Boot}/{origin.Sequence}" : started.Run == only))
            .Select(e => RunOf((HookStarted)e.Event!, events))];
    }

    private static HookRunRecord RunOf(HookStarted started, List<RecordedEvent> events) => new(
        started,
        [.. events.Select(e => e.Event).OfType<HookHostCalled>().Where(call => call.Run == started.Run)],
        events.Select(e => e.Event).OfType<HookFinished>().FirstOrDefault(end => end.Run == started.Run && end.Hook == started.Hook));

    /// <summary>History of the sites that live here in causal order: hybrid clock, node, sequence.</summary>
    /// <returns>The events, and whether earlier ones were left out.</returns>
    public async Task<(IReadOnlyList<RecordedEvent> Events, bool Truncated)> TimelineAsync(TimelineQuery query, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(query);
        List<RecordedEvent> events = await ReadAsync(
            $"""
            {_select}
            where k.wall between $1 and $2 and ($3::varchar is null or k.node = $3) and {TenantRegister.Shown(schema, "k.tenant")}
              and ($4::varchar is null or e.stream_id in ('vrrp/' || k.node || '/' || $4, 'health/' || k.node || '/' || $4) or (e.stream_id like 'hook/%' and right(e.stream_id, length($4) + 1) = ' ' || $4))
            order by k.hlc desc, k.node desc, k.node_sequence desc limit $5
            """,
            [query.From.UtcDateTime, query.To.UtcDateTime, (object?)query.Node ?? DBNull.Value, (object?)query.Instance ?? DBNull.Value,
                query.Limit + 1],
            stop);
        bool truncated = events.Count > query.Limit;
        events.Reverse();
        return (truncated ? events[1..] : events, truncated);
    }

    /// <summary>The board as it was at a past moment, as far as is known by now.</summary>
    public async Task<BoardView> BoardAtAsync(DateTimeOffset moment, CancellationToken stop) =>
        BoardComposer.Compose((await NodesAtAsync(moment, stop)).Where(node => node.Position > 0), await contacts.AtAsync(moment, stop), moment);

    /// <summary>What every enrolled node had last said of itself at a past moment; position 0: nothing yet.</summary>
    public async Task<IReadOnlyList<NodeState>> NodesAtAsync(DateTimeOffset moment, CancellationToken stop)
    {
        BoardFold board = new(await history.KeptAsync(moment, stop));
        foreach (RecordedEvent recorded in await history.SinceAsync(board.Before.Values, moment, stop))
        {
            board.Apply(recorded);
        }

        return [.. board.Now()];
    }

    private Task<List<RecordedEvent>> ReadAsync(string sql, object[] values, CancellationToken stop) => EventRows.QueryAsync(database, sql, values, stop);
}
