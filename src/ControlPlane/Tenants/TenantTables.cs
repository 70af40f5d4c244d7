namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>What becomes of a table's rows when their tenant moves.</summary>
internal enum RowFate
{
    /// <summary>They are events, and go as an export does.</summary>
    Exported,

    /// <summary>They are carried row by row.</summary>
    Carried,

    /// <summary>The target folds them from the events.</summary>
    Folded,

    /// <summary>They stay at the source, which finishes what they ask for, or are of the move itself.</summary>
    Left,
}

/// <summary>A table whose rows belong to tenants. In SQL <c>{s}</c> is the schema and <c>$1</c> the tenant.</summary>
/// <param name="Read">Carried: query for the rows, in the order of a key.</param>
/// <param name="Clear">Carried: takes away what the target has of the tenant; empty: nothing.</param>
/// <param name="Place">Carried: puts the rows in, which are <c>r</c> of what is added to it.</param>
internal sealed record TenantTable(string Name, RowFate Fate, string Read = "", string Clear = "", string Place = "")
{
    /// <summary>All of them; a test compares with the database.</summary>
    internal static readonly IReadOnlyList<TenantTable> All =
    [
        new("mt_events", RowFate.Exported),
        new("kes_node_events", RowFate.Exported),
        new("mt_streams", RowFate.Carried,          // an import makes the rows: what it cannot know of them is carried
            "select t.tenant_id, t.id, t.type, t.timestamp, t.created from {s}.mt_streams t where t.tenant_id = $1 and t.version > 0 order by t.id collate \"C\"", "",
            "update {s}.mt_streams s set type = r.type, timestamp = r.timestamp, created = r.created from rows r where s.tenant_id = $1 and s.id = r.id"),
        Plain("kes_nodes", "node"),
        Plain("kes_node_boots", "node, boot"),
        Plain("kes_node_keys", "node, enrolled, key_id") with
        {
            Read = $$"""
                select t.tenant, t.node, t.key_id, t.public_key, t.enrolled, t.retired, {{NumberAt("t.enrolled_after")}} as enrolled_after,
                       case when t.retired_after is not null then {{NumberAt("t.retired_after")}} end as retired_after
                from {s}.kes_node_keys t where t.tenant = $1 order by t.node, t.enrolled, t.key_id
                """,
            Place = $$"""
                insert into {s}.kes_node_keys (tenant, node, key_id, public_key, enrolled, retired, enrolled_after, retired_after)
                select r.tenant, r.node, r.key_id, r.public_key, r.enrolled, r.retired, {{PositionOf("r.enrolled_after")}}, {{PositionOf("r.retired_after")}} from rows r
                """,
        },
        Plain("kes_node_signatures", "node, boot, node_sequence"),
        Plain("kes_node_contact", "node, contact_from"),
        Plain("kes_node_clocks", "node, measured"),
        Plain("kes_commands", "issued, id", "and t.acknowledged is null"),
        Plain("kes_legal_holds", "stream"),
        Plain("kes_incident_subjects", "subject"),
        new("kes_incidents", RowFate.Folded),
        new("kes_board", RowFate.Folded),
        new("kes_board_snapshots", RowFate.Folded),
        new("kes_board_late", RowFate.Folded),
        new("kes_incident_hooks", RowFate.Left),
        new("kes_tenants", RowFate.Left),
        new("kes_arrivals", RowFate.Left),
    ];

    /// <param name="order">A key within the tenant.</param>
    /// <param name="which">Which of the tenant's rows; empty: all.</param>
    private static TenantTable Plain(string name, string order, string which = "") => new(
        name, RowFate.Carried, $"select t.* from {{s}}.{name} t where t.tenant = $1 {which} order by {order}", $"delete from {{s}}.{name} t where t.tenant = $1",
        $"insert into {{s}}.{name} select r.* from rows r");

    /// <summary>Positions are others at the target: carried is how many records the node had sent by one.</summary>
    private static string NumberAt(string position) =>
        $"(select count(*) from {{s}}.kes_node_events k where k.tenant = t.tenant and k.node = t.node and k.seq_id <= {position})";

    /// <summary>The position of the node's record with that number, and 0 of 0.</summary>
    private static string PositionOf(string number) =>
        $"case when {number} = 0 then 0 when {number} > 0 then (select k.seq_id from {{s}}.kes_node_events k "
        + $"where k.tenant = r.tenant and k.node = r.node order by k.seq_id offset greatest({number} - 1, 0) limit 1) end";
}
