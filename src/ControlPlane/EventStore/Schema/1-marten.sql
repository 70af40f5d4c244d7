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

do $$
begin
    if to_regclass('{schema}.pk_mt_events_stream_and_version') is null then         -- of a partitioned table it has one column more
        create unique index pk_mt_events_stream_and_version on {schema}.mt_events (tenant_id, stream_id, version);
    end if;
end $$;

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
    constraint pkey_mt_high_water_skips_ending_sequence primary key (ending_sequence));

-- Where Marten's daemon puts what it could not project.
create table if not exists {schema}.mt_doc_deadletterevent (
    id               uuid        not null,
    data             jsonb       not null,
    mt_last_modified timestamptz default transaction_timestamp(),
    mt_version       uuid        not null default md5(random()::text || clock_timestamp()::text)::uuid,
    mt_dotnet_type   varchar,
    constraint pkey_mt_doc_deadletterevent_id primary key (id));

do $$
begin
    if exists (select from pg_constraint where conname = 'pk_mt_high_water_skips' and conrelid = to_regclass('{schema}.mt_high_water_skips')) then
        alter table {schema}.mt_high_water_skips rename constraint pk_mt_high_water_skips to pkey_mt_high_water_skips_ending_sequence;
    end if;
end $$;
