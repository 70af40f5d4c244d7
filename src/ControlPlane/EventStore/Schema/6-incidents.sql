-- What the process manager of incidents remembers of each subject, and the view of the incidents' streams.
create table if not exists {schema}.kes_incident_subjects (
    tenant  varchar not null,
    subject varchar not null,
    state   jsonb   not null,
    primary key (tenant, subject));

-- A state is written anew with every digest: room for it beside the old one, and quickly compressed where the server can.
do $$
begin
    if not exists (select from pg_class c where c.oid = '{schema}.kes_incident_subjects'::regclass and 'fillfactor=50' = any (c.reloptions)) then
        alter table {schema}.kes_incident_subjects set (fillfactor = 50);
        alter table {schema}.kes_incident_subjects alter column state set compression lz4;
    end if;
exception when feature_not_supported then
    alter table {schema}.kes_incident_subjects set (fillfactor = 50);
end $$;

create table if not exists {schema}.kes_incidents (
    tenant  varchar     not null,
    id      varchar     not null,
    kind    varchar     not null,
    started timestamptz not null,
    ended   timestamptz,
    nodes   varchar[]   not null,
    state   jsonb       not null,
    primary key (tenant, id));
create index if not exists kes_incidents_started on {schema}.kes_incidents (started desc);

-- How the nodes' wall clocks stand to this server's: clock_offset is the node's minus ours, bound its possible error.
create table if not exists {schema}.kes_node_clocks (
    tenant       varchar     not null,
    node         varchar     not null,
    measured     timestamptz not null,
    clock_offset interval    not null,
    bound        interval    not null,
    primary key (tenant, node, measured));

-- Events of incidents for which hooks have still to be run.
create table if not exists {schema}.kes_incident_hooks (
    seq_id   bigint  not null primary key,
    tenant   varchar not null,
    incident varchar not null,
    type     varchar not null);
