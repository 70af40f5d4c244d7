-- Appends to any number of streams of one tenant in one statement. Locks the streams in the order of their ids, then checks, and only
-- then draws numbers: in a stream the order of positions is the order of versions, and a refused append burns no number.
-- p_expected_version: null means any, 0 means that the stream must not exist.
create or replace function {schema}.kes_append_events(
    p_tenant varchar, p_expected_stream varchar[], p_expected_version bigint[],
    p_stream varchar[], p_id uuid[], p_type varchar[], p_dotnet_type varchar[], p_data jsonb[], p_timestamp timestamptz[],
    p_correlation varchar[], p_causation varchar[], p_headers jsonb[])
returns table (ordinal bigint, seq_id bigint, version bigint) language plpgsql as $$
#variable_conflict use_column
declare
    streams varchar[] := array(select distinct u.stream from unnest(p_stream) u(stream) order by u.stream);
    refused record;
begin
    insert into {schema}.mt_streams (tenant_id, id, version)
    select p_tenant, u.stream, 0 from unnest(streams) u(stream)
    on conflict on constraint pkey_mt_streams_tenant_id_id do nothing;

    perform 1 from {schema}.mt_streams s where s.tenant_id = p_tenant and s.id = any (streams) order by s.id for update;

    select s.id, s.version, s.is_archived, e.expected into refused
    from {schema}.mt_streams s
    left join unnest(p_expected_stream, p_expected_version) e(stream, expected) on e.stream = s.id
    where s.tenant_id = p_tenant and s.id = any (streams) and (s.is_archived or e.expected <> coalesce(s.version, 0))
    order by s.id limit 1;
    if found then
        if refused.is_archived then
            raise exception 'stream % is archived', refused.id using errcode = 'MT001';
        elsif refused.expected = 0 then
            raise exception 'stream % exists already, at version %', refused.id, refused.version using errcode = 'KS001';
        else
            raise exception 'stream % is at version %, expected %', refused.id, coalesce(refused.version, 0), refused.expected
                using errcode = 'MT003', hint = coalesce(refused.version, 0)::text;
        end if;
    end if;

    return query
    with versions as materialized (
        select u.stream, (select coalesce(s.version, 0) from {schema}.mt_streams s where s.tenant_id = p_tenant and s.id = u.stream) as version
        from unnest(streams) u(stream)),
    numbered as materialized (
        select u.*, v.version + row_number() over (partition by u.stream order by u.ord) as stream_version
        from unnest(p_stream, p_id, p_type, p_dotnet_type, p_data, p_timestamp, p_correlation, p_causation, p_headers)
             with ordinality as u(stream, id, type, dotnet_type, data, stamp, correlation, causation, headers, ord)
        join versions v on v.stream = u.stream),
    placed as materialized (
        select nextval('{schema}.mt_events_sequence') as seq_id, n.* from (select * from numbered order by ord) n),
    stored as (
        insert into {schema}.mt_events (seq_id, id, stream_id, version, data, type, timestamp, tenant_id, mt_dotnet_type,
                                        correlation_id, causation_id, headers, is_archived)
        select p.seq_id, p.id, p.stream, p.stream_version, p.data, p.type, p.stamp, p_tenant, p.dotnet_type,
               p.correlation, p.causation, p.headers, false
        from placed p order by p.ord),
    moved as (
        update {schema}.mt_streams s set version = (select max(p.stream_version) from placed p where p.stream = s.id), timestamp = now()
        where s.tenant_id = p_tenant and s.id = any (streams))
    select p.ord, p.seq_id, p.stream_version from placed p order by p.ord;

    perform pg_notify('mt_events_appended', '');
end $$;

-- The node was heard just now: extends its interval of contact, or begins one after p_silence without contact.
create or replace function {schema}.kes_touch_contact(p_tenant varchar, p_node varchar, p_silence interval) returns void language plpgsql as $$
begin
    update {schema}.kes_node_contact c set contact_to = clock_timestamp()
    where c.tenant = p_tenant and c.node = p_node and c.contact_to >= clock_timestamp() - p_silence
      and c.contact_from = (select max(l.contact_from) from {schema}.kes_node_contact l where l.tenant = p_tenant and l.node = p_node);
    if not found then
        insert into {schema}.kes_node_contact (tenant, node, contact_from, contact_to)
        values (p_tenant, p_node, clock_timestamp(), clock_timestamp()) on conflict do nothing;
    end if;
end $$;
