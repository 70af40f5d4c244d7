using System.Text;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Ingest;

public sealed class IngestBodyReaderTests
{
    private static readonly NodeScript Script = new NodeScript("node-a").Fill(20);

    [Fact]
    public void A_body_is_read_with_the_exact_bytes_of_its_records()
    {
        IngestBatch batch = IngestBodyReader.Read(Script.Bytes(3, 5), "node-a");
        Assert.Equal(Script.Lines[2].Previous, batch.PreviousHash);
        Assert.Equal(Script.Lines.Skip(2).Take(5).Select(line => line.Canonical),
            batch.Records.Select(record => Encoding.UTF8.GetString(record.Canonical)));
    }

    [Fact]
    public void Unusual_spelling_of_a_record_is_kept_byte_for_byte()
    {
        const string record = """{ "Node":"node-a", "Boot":"b","Sequence":1,"Hlc":"0000000000000001","Wall":"2026-11-23T14:00:00+01:00","Mono":"00:00:01","Stream":"node/node-a","Type":"later_kind","Data":{"x":1.0e0 , "é":"\u00e9"} }""";
        string hash = NodeRecord.ChainHash(NodeRecord.GenesisHash, Encoding.UTF8.GetBytes(record));
        IngestBatch batch = Read($$"""{"extra":1,"record":{{record}},"prev":"{{NodeRecord.GenesisHash}}","hash":"{{hash}}"}""");
        Assert.Equal(record, Encoding.UTF8.GetString(Assert.Single(batch.Records).Canonical));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(" \r\n\t\n")]
    public void An_empty_body_is_a_heartbeat(string body) => Assert.Same(IngestBatch.Heartbeat, Read(body));

    public static TheoryData<string, int, string> Refused => new()
    {
        { "nonsense", 400, "line 1: " },
        { "[]", 400, "line 1: a JSON object is expected, seen Array" },
        { "{}", 400, "line 1: prev: 64 lower-case hex digits are expected, seen none" },
        { "{\"prev\":7}", 400, "line 1: prev: 64 lower-case hex digits are expected, seen none" },
        { $$"""{"prev":"{{NodeRecord.GenesisHash}}"}""", 400, "line 1: hash: 64 lower-case hex digits are expected, seen none" },
        { $$"""{"prev":"{{NodeRecord.GenesisHash}}","hash":"{{new string('A', 64)}}"}""", 400, "line 1: hash: 64 lower-case hex digits are expected, seen 'AAAA" },
        { $$"""{"prev":"{{NodeRecord.GenesisHash}}","hash":"{{NodeRecord.GenesisHash}}"}""", 400, "line 1: record: a JSON object is expected" },
        { $$"""{"prev":"{{NodeRecord.GenesisHash}}","hash":"{{NodeRecord.GenesisHash}}","record":[]}""", 400, "line 1: record: a JSON object is expected" },
        { $$"""{"prev":"{{NodeRecord.GenesisHash}}","hash":"{{NodeRecord.GenesisHash}}","record":{ } }""", 400, "line 1: " },
        { $$"""{"prev":"{{NodeRecord.GenesisHash}}","prev":"{{NodeRecord.GenesisHash}}"}""", 400, "line 1: " },
        { Script.Body(1, 2) + "\n" + Script.Body(4, 1), 409, "line 4: sequence 4 follows 2" },
        { Script.Body(1, 2) + Script.Body(2, 1), 409, "line 3: sequence 2 follows 2" },
        { Script.Body(2, 1) + Script.Body(1, 1), 409, "line 2: sequence 1 follows 2" },
        { Script.Body(1, 1) + new NodeScript("node-a", "boot-2").Fill(2).Body(2, 1), 400, "line 2: boot 'boot-2' differs from 'boot-1'" },
        { Script.Body(1, 3).Replace("VI_1", "VI_2", StringComparison.Ordinal), 422, "line 2: sequence 2: hash " },
        { Script.Body(1, 1).Replace(Script.Lines[0].Previous, Script.Lines[5].Hash, StringComparison.Ordinal), 422,
            "line 1: sequence 1: hash " },
        { new NodeScript("node-b").Fill(1).Body(1, 1), 403, "line 1: the token is of node 'node-a', the record is of node 'node-b'" },
        { new string(' ', 1024 * 1024) + "{}", 413, "line 1: 1048578 bytes; a line may have 1048576" },
        { new NodeScript("node-a").Fill(5001).Body(1, 5001), 413, "line 5001: a batch may have 5000 records" },
    };

    [Theory, MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void A_wrong_body_is_refused_with_the_line_and_what_is_wrong(string body, int status, string error)
    {
        IngestRefusedException refused = Assert.Throws<IngestRefusedException>(() => Read(body));
        Assert.Equal(status, refused.Refusal.Status);
        Assert.StartsWith(error, refused.Refusal.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, int, string> WrongFields => new()
    {
        { "\"Sequence\":1,", "\"Sequence\":0,", 400, "Sequence: 0 is out of range" },
        { "\"Sequence\":1,", "\"Sequence\":1,\"Cause\":1,", 400, "Cause: 1 is out of range" },
        { "\"Sequence\":1,", "\"Sequence\":\"1\",", 400, "" },
        { "\"Boot\":\"boot-1\"", "\"Boot\":\"\"", 400, "Boot: 1 to 200 printable characters are expected, seen 0" },
        { "\"Boot\":\"boot-1\"", "\"Boot\":\"a\\u0000b\"", 400, "Boot: 1 to 200 printable" },
        { "\"Boot\":\"boot-1\"", "\"Boot\":\"\\ud800\"", 400, "" },
        { "\"Boot\":\"boot-1\",", "", 400, "Boot: 1 to 200 printable characters are expected, seen none" },
        { "\"Boot\":\"boot-1\",", "\"Boot\":\"boot-1\",\"Boot\":\"boot-2\",", 400, "" },
        { "\"Hlc\":\"0", "\"Hlc\":\"g", 400, "Hlc: 16 lower-case hex digits" },
        { "\"Hlc\":\"0", "\"Hlc\":\"f", 400, "Hlc: 16 lower-case hex digits" },
        { "\"Hlc\":\"0", "\"Hlc\":\"00", 400, "Hlc: 16 lower-case hex digits" },
        { "\"Mono\":\"", "\"Mono\":\"-", 400, "Mono: " },
        { "\"Stream\":\"vrrp/node-a/", "\"Stream\":\"vrrp/node-b/", 403, "the token is of node 'node-a'" },
        { "\"Stream\":\"vrrp/node-a/", "\"Stream\":\"vrrp/node-ab", 403, "the token is of node 'node-a'" },
        { "\"Stream\":\"vrrp/node-a/", "\"Stream\":\"incident/", 403, "the token is of node 'node-a'" },
        { "\"Data\":{\"Node\":\"node-a\"", "\"Data\":{\"Node\":\"node-b\"", 403, "the token is of node 'node-a'" },
        { "\"Data\":{", "\"Data\":[{", 400, "" },
        { "\"Due\":\"", "\"Due\":\"x", 400, "Data does not fit the type 'timer_late'" },
    };

    [Theory, MemberData(nameof(WrongFields))]
    public void A_wrong_field_is_refused_before_anything_is_hashed(string right, string wrong, int status, string error)
    {
        string body = Script.Body(1, 1);
        Assert.Contains(right, body, StringComparison.Ordinal);
        IngestRefusedException refused = Assert.Throws<IngestRefusedException>(() =>
            Read(body.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Equal(status, refused.Refusal.Status);
        Assert.StartsWith($"line 1: {error}", refused.Refusal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_damage_is_refused_or_harmless()
    {
        byte[] whole = Script.Bytes(1, 6);
        IngestBatch intact = IngestBodyReader.Read(whole, "node-a");
        Random random = new(51);
        int refusals = 0;
        for (int round = 0; round < 3_000; round++)
        {
            byte[] damaged = Damage(whole, random);
            try
            {
                IngestBatch read = IngestBodyReader.Read(damaged, "node-a");
                Assert.True(read.Records.Count <= intact.Records.Count, $"round {round}");
                Assert.All(read.Records, record =>
                    Assert.Contains(intact.Records, known => known.Hash == record.Hash && known.Canonical.SequenceEqual(record.Canonical)));
            }
            catch (IngestRefusedException refused)
            {
                Assert.Contains(refused.Refusal.Status, new[] { 400, 403, 409, 413, 422 });
                refusals++;
            }
        }

        Assert.InRange(refusals, 1_500, 3_000);
    }

    private static byte[] Damage(byte[] whole, Random random)
    {
        List<byte> bytes = [.. whole];
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.Insert(at, (byte)"{}[]\",:\\\n\0u0"[random.Next(12)]); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                default: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count / 2), random.Next(1, bytes.Count / 2))); break;
            }
        }

        return [.. bytes];
    }

    private static IngestBatch Read(string body) => IngestBodyReader.Read(Encoding.UTF8.GetBytes(body), "node-a");
}
