using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Fetches single kinds of events: by stream, or by site and time.</summary>
public sealed class RecordReader(NpgsqlDataSource database, string schema)
{
    private readonly string _select = $"select {EventRows.Columns} from {schema}.mt_events e";

    /// <summary>The node's last start, stop and loaded configuration up to a moment, in their order.</summary>
    public Task<List<RecordedEvent>> LifeAsync(string site, string node, DateTimeOffset at, CancellationToken stop) => ReadAsync(
        $"""
        select {EventRows.Columns} from unnest(array['node_started', 'node_stopped', 'configuration_loaded']) kind(name)
        cross join lateral (
            select * from {schema}.mt_events m where m.tenant_id = $1 and m.stream_id = $2 and m.timestamp <= $3 and m.type = kind.name
            order by m.version desc limit 1) e
        order by e.version
        """,
        [site, $"node/{node}", at.UtcDateTime], stop);

    /// <summary>The last change of an instance's priority before a moment; null: none on record.</summary>
    public async Task<PriorityChanged?> PriorityBeforeAsync(string site, string node, string instance, DateTimeOffset at, CancellationToken stop) => (await ReadAsync(
        $"""
        {_select} join {schema}.kes_node_events k on k.seq_id = e.seq_id
        where k.tenant = $1 and k.node = $2 and k.wall <= $3 and k.type = 'priority_changed' and k.type in {Landmarks.Sql} and e.stream_id = $4
        order by k.wall desc, k.seq_id desc limit 1
        """,
        [site, node, at.UtcDateTime, $"vrrp/{node}/{instance}"], stop)).FirstOrDefault()?.Event as PriorityChanged;

    /// <summary>What a node did with its configuration, and what was in force before.</summary>
    public async Task<(ConfigurationLoaded? Before, IReadOnlyList<RecordedEvent> Events)> ConfigurationsAsync(
        string site, string node, Stretch asked, CancellationToken stop)
    {
        string stream = $"node/{node}";
        List<RecordedEvent> before = await ReadAsync(
            $"""
            {_select} where e.tenant_id = $1 and e.stream_id = $2 and e.timestamp < $3 and e.type = 'configuration_loaded' order by e.version desc limit 1
            """,
            [site, stream, asked.From.UtcDateTime], stop);
        List<RecordedEvent> events = await ReadAsync(
            $"""
            {_select} where e.tenant_id = $1 and e.stream_id = $2 and e.timestamp between $3 and $4
              and e.type in ('configuration_loaded', 'configuration_reloaded', 'configuration_rejected')
            order by e.version
            """,
            [site, stream, asked.From.UtcDateTime, asked.To.UtcDateTime], stop);
        return (before.FirstOrDefault()?.Event as ConfigurationLoaded, events);
    }

    /// <summary>Runs of hooks and changes of tracked scripts.</summary>
    /// <param name="hook">What the hook's name contains; null: any.</param>
    /// <param name="limit">At most so many runs, the latest.</param>
    public async Task<HookRuns> RunsAsync(string? site, string? node, string? hook, bool failedOnly, Stretch asked, int limit, CancellationToken stop)
    {
        List<RecordedEvent> events = await ReadAsync(
            $"""
            select {EventRows.Columns} from (
                select distinct n.tenant from {schema}.kes_nodes n
                where ($1::varchar is null or n.tenant = $1) and {TenantRegister.Shown(schema, "n.tenant")}) site
            cross join lateral (
                select m.*, k.wall from {schema}.kes_node_events k join {schema}.mt_events m on m.seq_id = k.seq_id
                where k.tenant = site.tenant and k.wall between $3 and $4
                  and k.type in ('hook_started', 'hook_finished', 'track_script_changed', 'track_run_skipped')
                  and ($2::varchar is null or k.node = $2) and ($5::varchar is null or strpos(m.stream_id, $5) > 0)
                order by k.wall desc, k.seq_id desc limit $6) e
            order by e.wall desc, e.seq_id desc limit $6
            """,
            [(object?)site ?? DBNull.Value, (object?)node ?? DBNull.Value, asked.From.UtcDateTime, asked.To.UtcDateTime, (object?)hook ?? DBNull.Value,
                EventLimit + 1], stop);
        bool cut = events.Count > EventLimit;
        HookRun[] runs = [.. HookRun.Of(events).Where(run => (hook is null || run.Hook.Contains(hook, StringComparison.Ordinal)) && (!failedOnly || run.Failed))];
        return new HookRuns(asked.From, asked.To, runs.Length > limit ? runs[^limit..] : runs, cut || runs.Length > limit);
    }

    /// <summary>What nodes recorded of a virtual server, oldest first.</summary>
    public async Task<(IReadOnlyList<TimelineEntry> Facts, bool Truncated)> HealthAsync(
        (string Site, string Node)[] nodes, string service, string? server, Stretch asked, int limit, CancellationToken stop)
    {
        List<RecordedEvent> events = [];
        foreach ((string site, string node) in nodes)
        {
            events.AddRange(await ReadAsync(
                $"""
                {_select} where e.tenant_id = $1 and e.stream_id = $2 and e.timestamp between $3 and $4
                  and ($5::varchar is null or e.data ->> 'RealServer' is null or e.data ->> 'RealServer' = $5)
                order by e.version desc limit $6
                """,
                [site, $"health/{node}/{service}", asked.From.UtcDateTime, asked.To.UtcDateTime, (object?)server ?? DBNull.Value, limit + 1], stop));
        }

        TimelineEntry[] facts = [.. events.OrderBy(e => e.Origin?.Hlc).ThenBy(e => e.Position).Select(TimelineEntry.Of)];
        return facts.Length > limit ? (facts[^limit..], true) : (facts, false);
    }

    /// <summary>Events looked through for runs.</summary>
    private const int EventLimit = 50_000;

    private Task<List<RecordedEvent>> ReadAsync(string sql, object[] values, CancellationToken stop) => EventRows.QueryAsync(database, sql, values, stop);
}
