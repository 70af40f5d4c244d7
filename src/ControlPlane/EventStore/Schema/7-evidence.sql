-- The nodes' public keys. One of a node is in force (retired is null). Records at positions behind enrolled_after, up to retired_after, must be signed.
create table if not exists {schema}.kes_node_keys (
    tenant         varchar     not null,
    node           varchar     not null,
    key_id         varchar(64) not null,
    public_key     bytea       not null,
    enrolled       timestamptz not null default clock_timestamp(),
    enrolled_after bigint      not null,
    retired        timestamptz,
    retired_after  bigint,
    primary key (tenant, node, key_id, enrolled));
create unique index if not exists kes_node_keys_in_force on {schema}.kes_node_keys (tenant, node) where retired is null;

-- What nodes signed: the hash of the record, and with it all before it in the boot.
create table if not exists {schema}.kes_node_signatures (
    tenant        varchar     not null,
    node          varchar     not null,
    boot          varchar     not null,
    node_sequence bigint      not null,
    key_id        varchar(64) not null,
    signature     bytea       not null,
    primary key (tenant, node, boot, node_sequence));

-- Merkle roots over the events at the positions from_seq to to_seq. hash covers the row and the hash of the one before. kept: it is outside, too.
create table if not exists {schema}.kes_anchors (
    number   bigint      not null primary key,
    from_seq bigint      not null,
    to_seq   bigint      not null,
    events   bigint      not null,
    root     varchar(64) not null,
    at       timestamptz not null,
    previous varchar(64) not null,
    hash     varchar(64) not null,
    kept     timestamptz);
