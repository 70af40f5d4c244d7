-- Where tenants live that do not, or did not always, live here; one without a row lives here.
--   leaving   is being carried to place: nothing is taken in but what processes have still to say of what was, and once it is sealed not even that
--   moved     lives at place; what is here is a copy
--   arriving  is being carried here from place: only its move writes, until it is sealed
--   here      was carried here; what stands up to copied_to is history that processes have dealt with elsewhere
create table if not exists {schema}.kes_tenants (
    tenant    varchar     not null primary key,
    state     varchar     not null check (state in ('here', 'leaving', 'moved', 'arriving')),
    place     varchar,
    since     timestamptz not null default clock_timestamp(),
    move      uuid,
    sealed    timestamptz,
    checked   timestamptz,
    copied_to bigint      not null default 0);

-- Rows of an arriving tenant's tables, until all are there and take their places at once. line: a table's name and a row of it, as JSON.
create table if not exists {schema}.kes_arrivals (
    tenant varchar not null,
    number bigint  not null,
    line   text    not null,
    primary key (tenant, number));

-- Called by every transaction that writes something of a tenant, before it does: who changes where a tenant lives waits for these transactions to end.
-- The lock is a statement of its own, so that the look after it sees what was committed until then. kes.move, local to a transaction, lets a move in;
-- kes.entered, likewise, says that kes_append has looked.
create or replace function {schema}.kes_enter(p_tenant varchar) returns void language plpgsql as $$
declare
    away record;
begin
    lock table {schema}.kes_tenants in row share mode;
    select t.state, t.place, t.move, t.sealed into away from {schema}.kes_tenants t where t.tenant = p_tenant and t.state <> 'here';
    if not found or (away.state <> 'moved' and away.sealed is null and away.move::text = current_setting('kes.move', true)) then
        return;
    end if;
    raise exception 'site ''%'' %', p_tenant, case away.state
            when 'moved' then 'has moved to ' || away.place
            when 'leaving' then 'is leaving for ' || away.place || ', and nothing of it is taken in meanwhile'
            else 'is arriving from ' || away.place || ', and nothing of it is taken in before all is here' end
        using errcode = case away.state when 'moved' then 'KS011' else 'KS010' end, hint = away.place;
end $$;

create or replace function {schema}.kes_fence() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        perform {schema}.kes_enter(old.tenant);
        return old;
    end if;
    perform {schema}.kes_enter(new.tenant);
    return new;
end $$;

-- Marten's own functions write an event's stream with it.
create or replace function {schema}.kes_fence_stream() returns trigger language plpgsql as $$
begin
    perform {schema}.kes_enter(new.tenant_id);
    return new;
end $$;

do $$
declare
    fenced varchar;
begin
    if not exists (select from pg_trigger g where g.tgrelid = '{schema}.mt_streams'::regclass and g.tgname = 'kes_fence') then
        create trigger kes_fence before insert or update of version on {schema}.mt_streams
        for each row when (new.tenant_id is distinct from current_setting('kes.entered', true)) execute function {schema}.kes_fence_stream();
    end if;
    foreach fenced in array array['kes_nodes', 'kes_node_keys', 'kes_node_clocks', 'kes_commands', 'kes_legal_holds'] loop
        if not exists (select from pg_trigger g where g.tgrelid = ('{schema}.' || fenced)::regclass and g.tgname = 'kes_fence') then
            execute format('create trigger kes_fence before insert or update or delete on {schema}.%I for each row execute function {schema}.kes_fence()', fenced);
        end if;
    end loop;
end $$;
