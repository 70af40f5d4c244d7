namespace Keepalived.Es.Tests;

/// <summary>What must hold of the store's tables at any time, whoever wrote them: each query counts what contradicts its claim. <c>{s}</c> is the schema.</summary>
internal static class StoreInvariants
{
    internal static readonly (string Claim, string Contradictions)[] All =
    [
        ("a stream's version is the number of its events, and that of the last", """
            select count(*) from {s}.mt_streams s
            where s.version <> (select count(*) from {s}.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id)
               or s.version <> (select coalesce(max(e.version), 0) from {s}.mt_events e where e.tenant_id = s.tenant_id and e.stream_id = s.id)
            """),
        ("positions ascend with the versions of a stream, which have no gap", """
            select count(*) from (
                select version, row_number() over (partition by tenant_id, stream_id order by seq_id) as place from {s}.mt_events) e
            where version <> place
            """),
        ("every record of a node has its event", """
            select count(*) from {s}.kes_node_events k
            left join {s}.mt_events e on e.seq_id = k.seq_id and e.tenant_id = k.tenant and e.id = k.id and e.timestamp = k.wall where e.seq_id is null
            """),
        ("a boot has as many records as its head says", """
            select count(*) from {s}.kes_node_boots b
            where b.last_sequence <> (select count(*) from {s}.kes_node_events k where (k.tenant, k.node, k.boot) = (b.tenant, b.node, b.boot))
            """),
    ];
}
