using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Tests.EventStore;

public sealed class SchemaTests(PrivatePostgres postgres)
{
    [Theory]                                   // what Marten 9 declares for the variant that 1-marten.sql names
    [InlineData("mt_streams",
        "tenant_id varchar!, id varchar!, type varchar, version int8, timestamp timestamptz!, created timestamptz!, is_archived bool")]
    [InlineData("mt_events",
        "seq_id int8!, id uuid!, stream_id varchar, version int8!, data jsonb!, bdata bytea, type varchar!, timestamp timestamptz!, tenant_id varchar, " +
        "mt_dotnet_type varchar, correlation_id varchar, causation_id varchar, headers jsonb, is_archived bool")]
    [InlineData("mt_event_progression", "name varchar!, last_seq_id int8, last_updated timestamptz")]
    [InlineData("mt_high_water_skips", "ending_sequence int8!, starting_sequence int8!, timestamp timestamptz")]
    public async Task Martens_tables_have_Martens_columns_and_no_other(string table, string columns)
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        Assert.Equal(columns, await store.ScalarAsync<string>($$"""
            select string_agg(column_name || ' ' || udt_name || case is_nullable when 'NO' then '!' else '' end, ', ' order by ordinal_position)
            from information_schema.columns where table_schema = '{s}' and table_name = '{{table}}'
            """));
    }

    [Fact]
    public async Task Martens_constraints_and_indexes_have_Martens_names()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        Assert.Equal(
            "fkey_mt_events_stream_id_tenant_id pkey_mt_events_seq_id pkey_mt_streams_tenant_id_id",
            await store.ScalarAsync<string>("""
                select string_agg(conname, ' ' order by conname) from pg_constraint
                where conrelid in ('{s}.mt_events'::regclass, '{s}.mt_streams'::regclass) and contype in ('p', 'f', 'u')
                """));
        Assert.Equal(
            "pk_mt_events_stream_and_version pkey_mt_events_seq_id pkey_mt_streams_tenant_id_id",
            await store.ScalarAsync<string>(
                "select string_agg(indexname, ' ' order by indexname) from pg_indexes where schemaname = '{s}' and tablename in ('mt_events', 'mt_streams')"));
    }

    [Fact]
    public async Task Applying_the_schema_again_changes_nothing()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.StartStreamAsync(TestStore.Tenant, "s", [TestStore.Event()], TestContext.Current.CancellationToken);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ =>
            StoreSchema.ApplyAsync(store.Database, store.Schema, TestContext.Current.CancellationToken)));
        Assert.Single(await store.Events.FetchStreamAsync(TestStore.Tenant, "s", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_schema_of_a_later_version_is_left_alone()
    {
        await using TestStore store = await postgres.CreateStoreAsync();
        await using (NpgsqlCommand later = store.Database.CreateCommand($"insert into {store.Schema}.kes_schema (version) values (99)"))
        {
            await later.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        InvalidOperationException refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StoreSchema.ApplyAsync(store.Database, store.Schema, TestContext.Current.CancellationToken));
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("public", true)]
    [InlineData("a_1", true)]
    [InlineData("", false)]
    [InlineData("1a", false)]
    [InlineData("A", false)]
    [InlineData("a; drop table x", false)]
    public void Only_plain_names_are_schemas(string name, bool allowed) =>
        Assert.Equal(allowed, Record.Exception(() => StoreSchema.Checked(name)) is null);

    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"b"}""")]
    [InlineData("""{"a":"\u0000"}""", """{"a":"\ufffd"}""")]
    [InlineData("""{"a":"\\u0000"}""", """{"a":"\\u0000"}""")]
    [InlineData("""{"a":"\\\u0000"}""", """{"a":"\\\ufffd"}""")]
    [InlineData("""{"a":"\ud83d\ude00"}""", """{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\ud83d"}""", """{"a":"\ufffd"}""")]
    [InlineData("""{"a":"\uDE00x"}""", """{"a":"\ufffdx"}""")]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", """{"a":"\ufffd\ud83d\ude00"}""")]
    [InlineData("""{"a":"\"\u0000\n"}""", """{"a":"\"\ufffd\n"}""")]
    public async Task Text_that_jsonb_refuses_is_replaced(string json, string clean)
    {
        Assert.Equal(clean, JsonbText.Clean(json));
        await using TestStore store = await postgres.CreateStoreAsync();
        await store.Events.StartStreamAsync(TestStore.Tenant, "s", [TestStore.Event(JsonbText.Clean(json))],
            TestContext.Current.CancellationToken);
    }
}
