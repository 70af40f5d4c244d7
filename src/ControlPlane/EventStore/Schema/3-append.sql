-- Appends to any number of streams of one tenant in one statement. Locks the streams in the order of their ids, then checks, and only
-- then draws numbers: in a stream the order of positions is the order of versions, and a refused append burns no number.
--   p_streams, p_expected, p_counts   the streams, once each; the version that each must have (null: any, 0: must not exist); how many events each gets
--   p_stream, p_index, p_offset       for each event its stream, that stream's place in p_streams, its place among the stream's events here; null when
--                                     there is one stream only
-- Answers the positions of the events in their order, and the versions that the streams had before.
-- Look-ups must use the indexes whatever the planner believes of young tables, so it may not choose to read them whole; that holds for the foreign key too.
drop function if exists {schema}.kes_append_events;
create or replace function {schema}.kes_append(
    p_tenant varchar, p_streams varchar[], p_expected bigint[], p_counts int[], p_stream varchar[], p_index int[], p_offset int[],
    p_id uuid[], p_type varchar[], p_dotnet_type varchar[], p_data jsonb[], p_timestamp timestamptz[],
    p_correlation varchar[], p_causation varchar[], p_headers jsonb[],
    out positions bigint[], out versions bigint[]) language plpgsql set enable_seqscan = off as $$
declare
    refuse boolean;
    refused record;
begin
    perform {schema}.kes_enter(p_tenant), set_config('kes.entered', p_tenant, true);
    -- Those that are new are made before any is locked: who waits for another's new stream must hold none.
    if (select count(*) from {schema}.mt_streams s where s.tenant_id = p_tenant and s.id = any (p_streams)) < cardinality(p_streams) then
        insert into {schema}.mt_streams (tenant_id, id, version) select p_tenant, w.id, 0 from unnest(p_streams) w(id) order by w.id collate "C"
        on conflict on constraint pkey_mt_streams_tenant_id_id do nothing;
    end if;
    with locked as materialized (
        select s.id, coalesce(s.version, 0) as version, s.is_archived
        from {schema}.mt_streams s where s.tenant_id = p_tenant and s.id = any (p_streams) order by s.id collate "C" for update)
    select array_agg(l.version order by w.ord), bool_or(l.is_archived or w.expected <> l.version) into versions, refuse
    from unnest(p_streams, p_expected) with ordinality w(id, expected, ord) join locked l on l.id = w.id;

    if refuse then
        select s.id, coalesce(s.version, 0) as version, s.is_archived, w.expected into refused
        from unnest(p_streams, p_expected) w(id, expected) join {schema}.mt_streams s on s.tenant_id = p_tenant and s.id = w.id
        where s.is_archived or w.expected <> coalesce(s.version, 0) order by s.id limit 1;
        if refused.is_archived then
            raise exception 'stream % is archived', refused.id using errcode = 'MT001';
        elsif refused.expected = 0 then
            raise exception 'stream % exists already, at version %', refused.id, refused.version using errcode = 'KS001';
        else
            raise exception 'stream % is at version %, expected %', refused.id, refused.version, refused.expected
                using errcode = 'MT003', hint = refused.version::text;
        end if;
    end if;

    with stored as (
        insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type,
                                        correlation_id, causation_id, headers, is_archived)
        select nextval('{schema}.mt_events_sequence'), u.id, coalesce(u.stream, p_streams[1]), versions[coalesce(u.index, 1)] + coalesce(u.place, u.ord),
               u.data, u.type, u.stamp, p_tenant, u.dotnet_type, u.correlation, u.causation, u.headers, false
        from unnest(p_stream, p_index, p_offset, p_id, p_type, p_dotnet_type, p_data, p_timestamp, p_correlation, p_causation, p_headers)
             with ordinality as u(stream, index, place, id, type, dotnet_type, data, stamp, correlation, causation, headers, ord)
        returning seq_id)
    select array_agg(s.seq_id order by s.seq_id) into positions from stored s;

    for i in 1..cardinality(p_streams) loop
        update {schema}.mt_streams s set version = versions[i] + p_counts[i], timestamp = now() where s.tenant_id = p_tenant and s.id = p_streams[i];
    end loop;
end $$;

-- The node was heard just now: extends its interval of contact, or begins one after p_silence without contact.
create or replace function {schema}.kes_touch_contact(p_tenant varchar, p_node varchar, p_silence interval) returns void language plpgsql as $$
begin
    perform {schema}.kes_enter(p_tenant);
    update {schema}.kes_node_contact c set contact_to = clock_timestamp()
    where c.tenant = p_tenant and c.node = p_node and c.contact_to >= clock_timestamp() - p_silence
      and c.contact_from = (select max(l.contact_from) from {schema}.kes_node_contact l where l.tenant = p_tenant and l.node = p_node);
    if not found then
        insert into {schema}.kes_node_contact (tenant, node, contact_from, contact_to)
        values (p_tenant, p_node, clock_timestamp(), clock_timestamp()) on conflict do nothing;
    end if;
end $$;
