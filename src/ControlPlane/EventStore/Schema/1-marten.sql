-- The event store's tables as Marten 9 lays them out: string stream identity, conjoined tenancy, correlation, causation and
-- headers on, QuickWithServerTimestamps, no partitions. Names, types and constraints are Marten's; a column or index more would
-- be dropped by Marten's own schema check.
create table if not exists {schema}.mt_streams (
    tenant_id   varchar      not null default '*DEFAULT*',
    id          varchar      not null,
    type        varchar,
    version     bigint,
    timestamp   timestamptz  not null default now(),
    created     timestamptz  not null default now(),
    is_archived boolean      default false,
    constraint pkey_mt_streams_tenant_id_id primary key (tenant_id, id));

create table if not exists {schema}.mt_events (
    seq_id         bigint       not null,
    id             uuid         not null,
    stream_id      varchar,
    version        bigint       not null,
    data           jsonb        not null,
    bdata          bytea,
    type           varchar(500) not null,
    timestamp      timestamptz  not null default now(),
    tenant_id      varchar      default '*DEFAULT*',
    mt_dotnet_type varchar,
    correlation_id varchar,
    causation_id   varchar,
    headers        jsonb,
    is_archived    boolean      default false,
    constraint pkey_mt_events_seq_id primary key (seq_id),
    constraint fkey_mt_events_stream_id_tenant_id foreign key (tenant_id, stream_id) references {schema}.mt_streams (tenant_id, id));

create unique index if not exists pk_mt_events_stream_and_version on {schema}.mt_events (tenant_id, stream_id, version);

create sequence if not exists {schema}.mt_events_sequence;
alter sequence {schema}.mt_events_sequence owned by {schema}.mt_events.seq_id;

create table if not exists {schema}.mt_event_progression (
    name         varchar     not null,
    last_seq_id  bigint,
    last_updated timestamptz default transaction_timestamp(),
    constraint pk_mt_event_progression primary key (name));

create table if not exists {schema}.mt_high_water_skips (
    ending_sequence   bigint      not null,
    starting_sequence bigint      not null,
    timestamp         timestamptz default transaction_timestamp(),
    constraint pk_mt_high_water_skips primary key (ending_sequence));

create or replace function {schema}.mt_archive_stream(streamid varchar, tenantid varchar) returns void language plpgsql as $$
begin
    update {schema}.mt_streams set is_archived = true where id = streamid and tenant_id = tenantid;
    update {schema}.mt_events set is_archived = true where stream_id = streamid and tenant_id = tenantid;
end $$;

create or replace function {schema}.mt_mark_event_progression(name varchar, last_encountered bigint) returns void language plpgsql as $$
begin
    insert into {schema}.mt_event_progression as p (name, last_seq_id, last_updated)
    values (mt_mark_event_progression.name, last_encountered, transaction_timestamp())
    on conflict on constraint pk_mt_event_progression do update set last_seq_id = last_encountered, last_updated = transaction_timestamp();
end $$;

create or replace function {schema}.mt_mark_progression_with_skip(name varchar, ending bigint, starting bigint) returns void language plpgsql as $$
begin
    perform {schema}.mt_mark_event_progression(name, ending);
    insert into {schema}.mt_high_water_skips (ending_sequence, starting_sequence) values (ending, starting)
    on conflict on constraint pk_mt_high_water_skips do nothing;
end $$;

-- One stream, as Marten calls it. Unlike Marten's own body it takes the stream's row lock before it draws a number, and refuses a tenant that does not live here.
create or replace function {schema}.mt_quick_append_events(
    stream varchar, stream_type varchar, tenantid varchar, event_ids uuid[], event_types varchar[], dotnet_types varchar[], bodies jsonb[],
    bdatas bytea[], causation_ids varchar[], correlation_ids varchar[], headers jsonb[], timestamps timestamptz[],
    expected_version bigint default null)
returns bigint[] language plpgsql as $$
declare
    current_version bigint;
    archived boolean;
    placed bigint[];
begin
    perform {schema}.kes_enter(tenantid);
    insert into {schema}.mt_streams (tenant_id, id, type, version) values (tenantid, stream, stream_type, 0)
    on conflict on constraint pkey_mt_streams_tenant_id_id do nothing;
    select coalesce(s.version, 0), s.is_archived into current_version, archived
    from {schema}.mt_streams s where s.tenant_id = tenantid and s.id = stream for update;
    if archived then
        raise exception 'stream % is archived', stream using errcode = 'MT001';
    end if;
    if expected_version is not null and expected_version <> current_version then
        raise exception 'stream % is at version %, expected %', stream, current_version, expected_version
            using errcode = 'MT003', hint = current_version::text;
    end if;
    with numbered as materialized (
        select nextval('{schema}.mt_events_sequence') as seq_id, i from generate_series(1, cardinality(event_ids)) i),
    stored as (
        insert into {schema}.mt_events (seq_id, id, stream_id, version, data, bdata, type, timestamp, tenant_id, mt_dotnet_type,
                                        correlation_id, causation_id, headers, is_archived)
        select n.seq_id, event_ids[n.i], stream, current_version + n.i, bodies[n.i], bdatas[n.i], event_types[n.i], timestamps[n.i], tenantid,
               dotnet_types[n.i], correlation_ids[n.i], causation_ids[n.i], headers[n.i], false
        from numbered n)
    select array_agg(n.seq_id order by n.i) into placed from numbered n;
    update {schema}.mt_streams s set version = current_version + cardinality(event_ids), timestamp = now()
    where s.tenant_id = tenantid and s.id = stream;
    return array[current_version + cardinality(event_ids)] || placed;
end $$;
