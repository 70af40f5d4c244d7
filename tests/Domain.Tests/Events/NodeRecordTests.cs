using System.Text;
using System.Text.Json;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Domain.Tests.Events;

public sealed class NodeRecordTests
{
    private const string PinnedHash = "b64374d04ef9c4f39fddb1e0d6be38a0130f6c057fc0f4ee467ea0e18bc758f1";
    private const string PinnedId = "ddb286912ffaddb27c5e6ef238706b83";

    [Fact]
    public void The_chain_s_hash_is_SHA_256_over_the_hash_before_and_the_bytes()
    {
        // printf '%064d%s' 0 abc | sha256sum
        Assert.Equal(PinnedHash, NodeRecord.ChainHash(NodeRecord.GenesisHash, "abc"u8));
        Assert.NotEqual(PinnedHash, NodeRecord.ChainHash(NodeRecord.GenesisHash, "abd"u8));
        Assert.NotEqual(PinnedHash, NodeRecord.ChainHash(PinnedHash, "abc"u8));
    }

    [Fact]
    public void The_id_of_an_event_follows_from_its_place_alone()
    {
        // printf node-a/boot-1/7 | sha256sum, the first 16 bytes
        Assert.Equal(PinnedId, NodeRecord.EventId("node-a", "boot-1", 7).ToString("N"));
        Assert.Distinct(
        [
            NodeRecord.EventId("node-a", "boot-1", 7), NodeRecord.EventId("node-a", "boot-1", 8), NodeRecord.EventId("node-a", "boot-2", 7), NodeRecord.EventId("node-b", "boot-1", 7),
        ]);
    }

    [Fact]
    public void A_record_is_read_back_as_it_was_written()
    {
        foreach (NodeRecord record in Some())
        {
            byte[] canonical = record.ToCanonicalBytes();
            NodeRecord read = NodeRecord.Parse(canonical);
            Assert.Equal(canonical, read.ToCanonicalBytes());
            Assert.Equal(record with { Data = default }, read with { Data = default });
            Assert.True(JsonElement.DeepEquals(record.Data, read.Data), record.Type);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("1")]
    [InlineData("{\"Sequence\":\"x\"}")]
    [InlineData("{\"Wall\":\"yesterday\"}")]
    [InlineData("{\"Mono\":5}")]
    public void What_is_no_record_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => NodeRecord.Parse(Encoding.UTF8.GetBytes(text)));

    internal static IEnumerable<NodeRecord> Some() => Samples.All.OfType<INodeEvent>().Select((sample, i) => new NodeRecord(
        sample.Node, "0123456789abcdef0123456789abcdef", i + 1, new HybridTimestamp(0x19AB_CDEF_0123_0000 + i).ToString(),
        new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddTicks(i * 1_234_567), TimeSpan.FromTicks(i * 7_654_321), EventCatalog.StreamOf(sample),
        EventCatalog.AliasOf(sample), EventCatalog.Serialize(sample), i % 3 == 2 ? i : null));
}
