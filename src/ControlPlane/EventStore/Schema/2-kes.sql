-- What Marten's tables have no room for, in tables of our own, keyed by the event's position.
create table if not exists {schema}.kes_schema (version int not null primary key, applied timestamptz not null default now());

create table if not exists {schema}.kes_nodes (
    tenant      varchar     not null,
    node        varchar     not null,
    token_hash  bytea       not null,
    enrolled    timestamptz not null default now(),
    revoked     timestamptz,
    primary key (tenant, node));
create unique index if not exists kes_nodes_token on {schema}.kes_nodes (token_hash);

-- The head of each boot's chain. linked: the chain's first record follows the genesis hash or a head of this node that we hold.
create table if not exists {schema}.kes_node_boots (
    tenant        varchar     not null,
    node          varchar     not null,
    boot          varchar     not null,
    last_sequence bigint      not null,
    last_hash     varchar(64) not null,
    previous_hash varchar(64) not null,
    linked        boolean     not null,
    first_wall    timestamptz not null,
    last_wall     timestamptz not null,
    primary key (tenant, node, boot));

create table if not exists {schema}.kes_node_events (
    seq_id        bigint      not null primary key,
    tenant        varchar     not null,
    node          varchar     not null,
    boot          varchar     not null,
    node_sequence bigint      not null,
    id            uuid        not null,
    type          varchar     not null,
    hlc           bigint      not null,
    wall          timestamptz not null,
    mono          interval    not null,
    previous_hash varchar(64) not null,
    hash          varchar(64) not null,
    canonical     bytea       not null,
    received      timestamptz not null default clock_timestamp(),
    constraint kes_node_events_once unique (tenant, node, boot, node_sequence));
create index if not exists kes_node_events_wall on {schema}.kes_node_events (tenant, wall);
create index if not exists kes_node_events_id on {schema}.kes_node_events (id);
-- The few events from which the board is folded: they are asked for by node and time.
drop index if exists {schema}.kes_node_events_landmarks;
drop index if exists {schema}.kes_node_events_board;
create index if not exists kes_node_events_board_of_node on {schema}.kes_node_events (tenant, node, wall)
    where type in ('node_started', 'node_stopped', 'instance_configured', 'instance_became_master', 'instance_became_backup',
                   'instance_entered_fault', 'instance_stopped', 'priority_changed',
                   'virtual_server_configured', 'virtual_server_removed', 'real_server_up', 'real_server_down', 'real_server_weight_changed', 'real_server_drained',
                   'quorum_gained', 'quorum_lost');

-- Intervals in which the node was in contact, by this server's clock.
create table if not exists {schema}.kes_node_contact (
    tenant       varchar     not null,
    node         varchar     not null,
    contact_from timestamptz not null,
    contact_to   timestamptz not null,
    primary key (tenant, node, contact_from));

-- What operators ask nodes to do.
create table if not exists {schema}.kes_commands (
    id           uuid        not null primary key,
    tenant       varchar     not null,
    node         varchar     not null,
    body         jsonb       not null,
    issued       timestamptz not null default clock_timestamp(),
    acknowledged timestamptz,
    error        varchar);
create index if not exists kes_commands_pending on {schema}.kes_commands (tenant, node) where acknowledged is null;

create table if not exists {schema}.kes_board (
    version int     not null default 1,
    tenant  varchar not null,
    node    varchar not null,
    state   jsonb   not null,
    primary key (version, tenant, node));
