using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Domain.Tests.Events;

public sealed class EventCatalogTests
{
    public static IEnumerable<TheoryDataRow<string>> Aliases => EventCatalog.Aliases.Select(alias => new TheoryDataRow<string>(alias));

    [Fact]
    public void Every_event_of_the_assembly_is_in_the_catalog_under_its_alias()
    {
        Type[] events = [.. typeof(EventCatalog).Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsAssignableTo(typeof(IStoredEvent)))];
        Assert.Equal(events.Select(type => type.GetCustomAttribute<EventAliasAttribute>()?.Alias ?? $"{type} has no alias").Order(StringComparer.Ordinal), EventCatalog.Aliases);
        Assert.All(events, type => Assert.NotNull(EventJson.Default.GetTypeInfo(type)));
    }

    [Fact]
    public void An_alias_is_the_type_s_name_in_small_letters_by_Marten_s_rule() => Assert.All(
        EventCatalog.Aliases,
        alias => Assert.Equal(Regex.Replace(TypeOf(alias).Name, "(?<=[a-z0-9])([A-Z])", "_$1").ToLowerInvariant(), Regex.Replace(alias, "_v[0-9]+$", "")));

    [Fact]
    public void There_is_a_sample_of_every_event() =>
        Assert.Equal(EventCatalog.Aliases, Samples.All.Select(EventCatalog.AliasOf).Distinct().Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Aliases))]
    public void Any_event_is_read_back_as_it_was_written(string alias)
    {
        Type type = TypeOf(alias);
        for (int seed = 1; seed <= 200; seed++)
        {
            object made = new RandomValues(seed).Make(type);
            JsonElement written = EventCatalog.Serialize(made);
            object read = EventCatalog.Deserialize(alias, written)!;
            Assert.IsType(type, read);
            Assert.Equal(written.GetRawText(), EventCatalog.Serialize(read).GetRawText());
            Assert.Equal(alias, EventCatalog.AliasOf(read));
        }
    }

    [Fact]
    public void An_alias_that_is_not_known_is_null_and_not_an_error() =>
        Assert.Null(EventCatalog.Deserialize("instance_became_famous", JsonElement.Parse("{}")));

    [Fact]
    public void Fields_of_a_newer_program_are_passed_over() => Assert.Equal(
        new LinkChanged("node-a", "eth0", "up"),
        EventCatalog.Deserialize("link_changed", JsonElement.Parse("""{"Node":"node-a","Interface":"eth0","State":"up","Speed":[1,{"a":2}]}""")));

    [Theory]
    [InlineData("link_changed", "[]")]
    [InlineData("link_changed", "\"text\"")]
    [InlineData("instance_stopped", """{"Vrid":300}""")]
    [InlineData("instance_stopped", """{"From":"Elsewhere"}""")]
    [InlineData("instance_stopped", """{"At":"soon"}""")]
    public void A_body_that_does_not_fit_is_an_error(string alias, string body) =>
        Assert.Throws<JsonException>(() => EventCatalog.Deserialize(alias, JsonElement.Parse(body)));

    [Fact]
    public void A_type_that_is_no_event_is_refused()
    {
        Assert.Contains("System.String", Assert.Throws<ArgumentException>(() => EventCatalog.AliasOf("x")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EventCatalog.Serialize(new Version(1, 2)));
        Assert.Null(EventCatalog.DotNetTypeOf("nothing"));
    }

    [Fact]
    public void The_stream_follows_from_what_the_event_is_about()
    {
        Assert.Equal("vrrp/node-a/VI_1", EventCatalog.StreamOf(new AddressLost("node-a", "VI_1", "198.51.100.1/24", "eth0")));
        Assert.Equal("hook/node-a/notify G 1", EventCatalog.StreamOf(new HookStarted("node-a", "notify G 1", 1, [])));
        Assert.Equal("node/node-a", EventCatalog.StreamOf(new NodeStopped("node-a", "SIGTERM")));
    }

    [Fact]
    public void The_store_s_name_of_the_type_is_its_full_name_and_assembly() =>
        Assert.Equal("Keepalived.Es.Domain.Events.NodeStarted, Keepalived.Es.Domain", EventCatalog.DotNetTypeOf("node_started"));

    private static Type TypeOf(string alias) => Type.GetType(EventCatalog.DotNetTypeOf(alias)!)!;
}
