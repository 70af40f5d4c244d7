-- Which version of a projection is read, and which is being built beside it.
create table if not exists {schema}.kes_projections (
    name             varchar not null primary key,
    live_version     int     not null,
    building_version int);

-- Events that a projection could not fold. projection: the shard, as in mt_event_progression.
create table if not exists {schema}.kes_parked_events (
    projection varchar     not null,
    seq_id     bigint      not null,
    reason     varchar     not null,
    at         timestamptz not null default clock_timestamp(),
    primary key (projection, seq_id));

-- A node's state of the board after every so many of its events that changed it, to begin a past board with. wall: the latest one of the events in it.
create table if not exists {schema}.kes_board_snapshots (
    version  int         not null,
    tenant   varchar     not null,
    node     varchar     not null,
    wall     timestamptz not null,
    position bigint      not null,
    state    jsonb       not null,
    primary key (version, tenant, node, wall, position));

-- Events that came after a later one of their node: the node's clock went back.
create table if not exists {schema}.kes_board_late (
    version int         not null,
    tenant  varchar     not null,
    node    varchar     not null,
    seq_id  bigint      not null,
    wall    timestamptz not null,
    primary key (version, tenant, node, seq_id));

-- Its rows were not keyed by version once, and there were no snapshots: it is folded again.
do $$ begin
    if not exists (
        select 1 from information_schema.columns where table_schema = '{schema}' and table_name = 'kes_board' and column_name = 'version') then
        delete from {schema}.kes_board;
        delete from {schema}.mt_event_progression where name = 'KesBoard:All';
        alter table {schema}.kes_board add column version int not null default 1, drop constraint kes_board_pkey, add primary key (version, tenant, node);
    end if;
end $$;
