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

-- Its rows were not keyed by version once.
do $$ begin
    if not exists (
        select 1 from information_schema.columns where table_schema = '{schema}' and table_name = 'kes_board' and column_name = 'version') then
        alter table {schema}.kes_board add column version int not null default 1, drop constraint kes_board_pkey, add primary key (version, tenant, node);
    end if;
end $$;
