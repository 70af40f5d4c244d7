using System.Text;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Domain.Tests.Events;

/// <summary>Events are kept for years: their names and their JSON change only on purpose.</summary>
public sealed class EventGoldenTests
{
    [Fact]
    public void The_list_of_aliases_is_as_agreed() =>
        GoldenFile.Equal("aliases.txt", string.Concat(EventCatalog.Aliases.Select(alias => $"{alias} {EventCatalog.DotNetTypeOf(alias)}\n")));

    [Fact]
    public void The_JSON_of_each_event_is_as_agreed() => GoldenFile.Equal(
        "events.jsonl", string.Concat(Samples.All.Select(sample => $"{EventCatalog.StreamOf(sample)} {EventCatalog.AliasOf(sample)} {EventCatalog.Serialize(sample).GetRawText()}\n")));

    [Fact]
    public void The_canonical_form_of_a_record_is_as_agreed()
    {
        string previous = NodeRecord.GenesisHash;
        var text = new StringBuilder();
        foreach (NodeRecord record in NodeRecordTests.Some())
        {
            byte[] canonical = record.ToCanonicalBytes();
            previous = NodeRecord.ChainHash(previous, canonical);
            text.Append(previous).Append(' ').Append(Encoding.UTF8.GetString(canonical)).Append('\n');
        }

        GoldenFile.Equal("records.jsonl", text.ToString());
    }
}
