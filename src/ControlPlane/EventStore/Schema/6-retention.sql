-- How long streams of a class (what stands before the first '/' of their names) are kept in sight after their last event.
create table if not exists {schema}.kes_retention (
    class varchar  not null primary key,
    keep  interval not null);

-- Streams that nobody may archive. stream: a name, or the beginning of names and '*'.
create table if not exists {schema}.kes_legal_holds (
    tenant varchar     not null,
    stream varchar     not null,
    reason varchar     not null,
    placed timestamptz not null default clock_timestamp(),
    primary key (tenant, stream));

create or replace function {schema}.kes_is_held(p_tenant varchar, p_stream varchar) returns boolean stable language sql as $$
    select exists (
        select 1 from {schema}.kes_legal_holds h
        where h.tenant = p_tenant and (h.stream = p_stream or (right(h.stream, 1) = '*' and starts_with(p_stream, left(h.stream, -1)))))
$$;
