-- Marten's daemon and sessions call these four functions, and its schema check compares their text with Marten's own, remarks included. So they stand
-- here as Marten 9.29 defines them (MIT licence, see NOTICE). kes itself appends by kes_append and kes_ingest.
create or replace function {schema}.mt_archive_stream(streamid varchar, tenantid varchar) returns void language plpgsql as $function$
BEGIN
  update {schema}.mt_streams set is_archived = TRUE where id = streamid and tenant_id = tenantid;
  update {schema}.mt_events set is_archived = TRUE where stream_id = streamid and tenant_id = tenantid;
END;
$function$;

create or replace function {schema}.mt_mark_event_progression(name varchar, last_encountered bigint) returns void language plpgsql as $function$
BEGIN
INSERT INTO {schema}.mt_event_progression (name, last_seq_id, last_updated)
VALUES (name, last_encountered, transaction_timestamp())
ON CONFLICT ON CONSTRAINT pk_mt_event_progression
    DO
UPDATE SET last_seq_id = last_encountered, last_updated = transaction_timestamp();

END;
$function$;

do $$
begin
    if to_regprocedure('{schema}.mt_mark_progression_with_skip(varchar, bigint, bigint)') is not null
       and (select prorettype = 'void'::regtype from pg_proc where oid = to_regprocedure('{schema}.mt_mark_progression_with_skip(varchar, bigint, bigint)')) then
        drop function {schema}.mt_mark_progression_with_skip(varchar, bigint, bigint);     -- ours of before
    end if;
end $$;

CREATE OR REPLACE FUNCTION {schema}.mt_mark_progression_with_skip(shard_name varchar, ending_sequence bigint, starting_sequence bigint) RETURNS bigint AS
$$
DECLARE
    current_value bigint;
BEGIN
    select last_seq_id into current_value from {schema}.mt_event_progression where name = shard_name;

    IF current_value is null then
        -- Bootstrap the high-water row on first invocation. Previously this branch
        -- returned 0, which left HighWaterAgent.CheckNowAsync polling forever because
        -- statistics.CurrentMark never advanced. Issue #4425.
        INSERT INTO {schema}.mt_event_progression (name, last_seq_id, last_updated)
        VALUES (shard_name, ending_sequence, transaction_timestamp())
        ON CONFLICT ON CONSTRAINT pk_mt_event_progression
            DO UPDATE SET last_seq_id = ending_sequence, last_updated = transaction_timestamp();
        IF ending_sequence > starting_sequence THEN
            -- Idempotent: a rebuild/replay re-marks the same skip (ending_sequence is the
            -- PK). Re-recording an existing gap is a no-op. Conflict target is the PK
            -- constraint (the bare column name collides with the function parameter). #4530.
            insert into {schema}.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
                on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        END IF;
        return ending_sequence;
    ELSIF current_value = starting_sequence THEN
        update {schema}.mt_event_progression SET last_seq_id = ending_sequence, last_updated = transaction_timestamp() where shard_name = name;
        insert into {schema}.mt_high_water_skips (ending_sequence, starting_sequence) values (ending_sequence, starting_sequence)
            on conflict on constraint pkey_mt_high_water_skips_ending_sequence do nothing;
        return ending_sequence;
    ELSE
        return current_value;
    END IF;
END
$$
LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION {schema}.mt_quick_append_events(stream varchar, stream_type varchar, tenantid varchar, event_ids uuid[], event_types varchar[], dotnet_types varchar[], bodies jsonb[], bdatas bytea[], causation_ids varchar[], correlation_ids varchar[], headers jsonb[], timestamps timestamp with time zone[], expected_version bigint DEFAULT NULL::bigint) RETURNS bigint[] AS $$
DECLARE
    event_version bigint;
    stream_is_archived boolean;
    event_type varchar;
    event_id uuid;
    body jsonb;
    index int;
    seq bigint;
    actual_tenant varchar;
    return_value bigint[];
BEGIN
    if expected_version IS NOT NULL then
        -- COALESCE turns the NULL we get for a brand-new stream into 0, so a
        -- FetchForWriting against a non-existent stream (which sets
        -- ExpectedVersionOnServer = 0) and a StartStream(id, version: 0) both
        -- land on the new-stream branch instead of mis-firing the guard.
        select version, is_archived into event_version, stream_is_archived from {schema}.mt_streams where id = stream AND tenant_id = tenantid;
        if COALESCE(event_version, 0) != expected_version then
            RAISE EXCEPTION 'Stream version mismatch on ''%'': expected %, actual %', stream, expected_version, COALESCE(event_version, 0) USING ERRCODE = 'MT003';
        end if;
    else
        select version, is_archived into event_version, stream_is_archived from {schema}.mt_streams where id = stream AND tenant_id = tenantid;
    end if;

    if event_version IS NULL then
        event_version = 0;
        insert into {schema}.mt_streams (id, type, version, timestamp, tenant_id) values (stream, stream_type, 0, now(), tenantid);
    else
        if stream_is_archived then
            RAISE EXCEPTION 'Attempted to append event to archived stream with Id ''%''.', stream USING ERRCODE = 'MT001';
        end if;
        if tenantid IS NOT NULL then
            select tenant_id into actual_tenant from {schema}.mt_streams where id = stream AND tenant_id = tenantid;
            if actual_tenant != tenantid then
                RAISE EXCEPTION 'The tenantid does not match the existing stream';
            end if;
        end if;
    end if;

    index := 1;
    -- #5062: array_length('{}', 1) is NULL in PostgreSQL, not 0, so a call with an
    -- empty event array used to return ARRAY[NULL] -- a bigint[] whose only element
    -- is NULL, which Npgsql cannot read into long[] ('Cannot read a non-nullable
    -- collection of elements because the returned array contains nulls'). COALESCE
    -- makes the empty case mean what it says: zero events appended, so the final
    -- version is the stream's current version.
    return_value := ARRAY[event_version + COALESCE(array_length(event_ids, 1), 0)];

    foreach event_id in ARRAY event_ids
    loop
        seq := nextval('{schema}.mt_events_sequence');
        return_value := array_append(return_value, seq);

        event_version := event_version + 1;
        event_type = event_types[index];
        body = bodies[index];

        -- #4515 / #4578 / Phase 2: bdatas[index] carries the binary payload
        -- for events opted in to binary serialization (NULL otherwise).
        -- bodies[index] is the {} JSON placeholder for those events so the
        -- existing data jsonb NOT NULL constraint stays intact.
        insert into {schema}.mt_events
            (seq_id, id, stream_id, version, data, bdata, type, tenant_id, timestamp, mt_dotnet_type, is_archived, causation_id, correlation_id, headers)
        values
            (seq, event_id, stream, event_version, body, bdatas[index], event_type, tenantid, timestamps[index], dotnet_types[index], FALSE, causation_ids[index], correlation_ids[index], headers[index]);

        index := index + 1;
    end loop;

    update {schema}.mt_streams set version = event_version, timestamp = now() where id = stream AND tenant_id = tenantid;

    return return_value;
END
$$ LANGUAGE plpgsql;
