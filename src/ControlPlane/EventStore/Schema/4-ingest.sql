-- Stores one batch of a node's records, once. The records' sequences ascend by one. Answers:
--   stored  last = head of the boot afterwards          gap   last = head; the batch starts behind head + 1
--   fork    last = the sequence whose hash contradicts what is stored
drop function if exists {schema}.kes_ingest(varchar, varchar, varchar, varchar, interval, bigint[], bigint[], bigint[], timestamptz[], interval[], varchar[],
    bytea[], varchar[], uuid[], varchar[], varchar[], jsonb[], varchar[], jsonb[]);
create or replace function {schema}.kes_ingest(
    p_tenant varchar, p_node varchar, p_boot varchar, p_previous_hash varchar, p_silence interval,
    p_sequence bigint[], p_root bigint[], p_hlc bigint[], p_wall timestamptz[], p_mono interval[], p_hash varchar[], p_canonical bytea[],
    p_streams varchar[], p_counts int[], p_stream varchar[], p_index int[], p_offset int[],
    p_id uuid[], p_type varchar[], p_dotnet_type varchar[], p_data jsonb[], p_causation varchar[], p_headers jsonb[])
returns table (outcome varchar, last bigint, stored int) language plpgsql set enable_seqscan = off as $$
#variable_conflict use_column
declare
    n int := cardinality(p_sequence);
    head record;
    skip int;
    forked bigint;
    placed record;
begin
    perform {schema}.kes_touch_contact(p_tenant, p_node, p_silence);

    if p_sequence[1] = 1 then
        insert into {schema}.kes_node_boots (tenant, node, boot, last_sequence, last_hash, previous_hash, linked, first_wall, last_wall)
        values (p_tenant, p_node, p_boot, 0, p_previous_hash, p_previous_hash,
                p_previous_hash = repeat('0', 64) or exists (
                    select 1 from {schema}.kes_node_boots b where b.tenant = p_tenant and b.node = p_node and b.last_hash = p_previous_hash),
                p_wall[1], p_wall[1])
        on conflict do nothing;
    end if;
    select b.last_sequence, b.last_hash into head
    from {schema}.kes_node_boots b where b.tenant = p_tenant and b.node = p_node and b.boot = p_boot for update;
    if not found or p_sequence[1] > head.last_sequence + 1 then
        return query select 'gap'::varchar, coalesce(head.last_sequence, 0::bigint), 0;
        return;
    end if;

    -- Look-ups by the whole key in subqueries: they use the index whatever the planner believes of the tables' sizes.
    select min(u.sequence) into forked
    from unnest(p_sequence, p_hash) u(sequence, hash)
    where u.sequence <= head.last_sequence and u.hash <> (
        select k.hash from {schema}.kes_node_events k
        where k.tenant = p_tenant and k.node = p_node and k.boot = p_boot and k.node_sequence = u.sequence);
    skip := least(n, head.last_sequence - p_sequence[1] + 1);
    if forked is null and skip < n and (case when skip = 0 then p_previous_hash else p_hash[skip] end) <> head.last_hash then
        forked := p_sequence[skip + 1];
    end if;
    if forked is not null then
        return query select 'fork'::varchar, forked, 0;
        return;
    end if;

    if skip > 0 and skip < n then                       -- what the batch has of each stream is less than the caller counted
        select array_agg(t.id), array_agg(t.events) into p_streams, p_counts
        from (select u.id, count(*)::int as events from unnest(p_stream[skip + 1:]) u(id) group by u.id) t;
        select array_agg(t.index order by t.ord), array_agg(t.place order by t.ord) into p_index, p_offset
        from (select w.ord::int as index, u.ord, (row_number() over (partition by u.id order by u.ord))::int as place
              from unnest(p_stream[skip + 1:]) with ordinality u(id, ord) join unnest(p_streams) with ordinality w(id, ord) on w.id = u.id) t;
    end if;

    if skip < n then
        -- A node that goes on with an archived stream opens it again; what was archived stays out of sight.
        update {schema}.mt_streams s set is_archived = false where s.tenant_id = p_tenant and s.id = any (p_streams) and s.is_archived;
        -- Arrays are unnested, not subscripted: an element of a text array is found by walking from its start.
        select * into placed from {schema}.kes_append(
            p_tenant, p_streams, array[]::bigint[], p_counts, p_stream[skip + 1:], p_index, p_offset, p_id[skip + 1:], p_type[skip + 1:],
            p_dotnet_type[skip + 1:], p_data[skip + 1:], p_wall[skip + 1:],
            (select array_agg(coalesce(
                        case when u.root < p_sequence[skip + 1] then (
                            select e.correlation_id from {schema}.kes_node_events k join {schema}.mt_events e on e.seq_id = k.seq_id
                            where k.tenant = p_tenant and k.node = p_node and k.boot = p_boot and k.node_sequence = u.root) end,
                        p_node || '/' || p_boot || '/' || u.root) order by u.ord)
             from unnest(p_root[skip + 1:]) with ordinality u(root, ord)),
            p_causation[skip + 1:], p_headers[skip + 1:]);
        insert into {schema}.kes_node_events (seq_id, tenant, node, boot, node_sequence, id, type, hlc, wall, mono, previous_hash, hash, canonical)
        select u.position, p_tenant, p_node, p_boot, u.sequence, u.id, u.type, u.hlc, u.wall, u.mono,
               coalesce(lag(u.hash) over (order by u.sequence), head.last_hash), u.hash, u.canonical
        from unnest(placed.positions, p_sequence[skip + 1:], p_id[skip + 1:], p_type[skip + 1:], p_hlc[skip + 1:], p_wall[skip + 1:], p_mono[skip + 1:],
                    p_hash[skip + 1:], p_canonical[skip + 1:])
             as u(position, sequence, id, type, hlc, wall, mono, hash, canonical);
        update {schema}.kes_node_boots b set last_sequence = p_sequence[n], last_hash = p_hash[n], last_wall = greatest(b.last_wall, p_wall[n])
        where b.tenant = p_tenant and b.node = p_node and b.boot = p_boot;
    end if;
    return query select 'stored'::varchar, greatest(head.last_sequence, p_sequence[n]), n - skip;
end $$;
