using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>A node's journal, written by hand: records with sequence, clocks and hash chain as the daemon makes them.</summary>
public sealed class NodeScript(string node, string boot = "boot-1", string? previousHash = null)
{
    /// <summary>Second 0 of every script.</summary>
    public static readonly DateTimeOffset Origin = new(2026, 11, 23, 14, 0, 0, TimeSpan.Zero);

    private readonly List<Line> _lines = [];
    private string _hash = previousHash ?? NodeRecord.GenesisHash;

    /// <summary>A record with its hash and the one before.</summary>
    public sealed record Line(NodeRecord Record, string Canonical, string Previous, string Hash);

    public string Node { get; } = node;

    public string Boot { get; } = boot;

    public string LastHash => _hash;

    public IReadOnlyList<Line> Lines => _lines;

    /// <summary>The node's monotonic time is this far ahead of the script's second 0.</summary>
    public static TimeSpan Mono(double second) => TimeSpan.FromSeconds(1000 + second);

    /// <returns>The record's sequence, to be named as a cause.</returns>
    public long Add(double second, INodeEvent e, long? cause = null)
    {
        ArgumentNullException.ThrowIfNull(e);
        return Add(second, EventCatalog.StreamOf(e), EventCatalog.AliasOf(e), EventCatalog.Serialize(e), cause);
    }

    public long Add(double second, string stream, string type, JsonElement data, long? cause = null)
    {
        DateTimeOffset wall = Origin + TimeSpan.FromSeconds(second);
        long sequence = _lines.Count + 1;
        HybridTimestamp hlc = new((wall.ToUnixTimeMilliseconds() << 16) | (sequence & 0xFFFF));
        NodeRecord record = new(Node, Boot, sequence, hlc.ToString(), wall, Mono(second), stream, type, data, cause);
        string canonical = Encoding.UTF8.GetString(record.ToCanonicalBytes());
        string hash = NodeRecord.ChainHash(_hash, Encoding.UTF8.GetBytes(canonical));
        _lines.Add(new Line(record, canonical, _hash, hash));
        _hash = hash;
        return sequence;
    }

    /// <summary>Fills the journal with plain events in a few streams.</summary>
    public NodeScript Fill(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Add(i * 0.001, new TimerLate(Node, $"VI_{i % 3}", TimeSpan.FromSeconds(i), TimeSpan.FromMilliseconds(i)),
                i % 5 == 4 ? i : null);
        }

        return this;
    }

    /// <summary>The body of an ingest request.</summary>
    /// <param name="first">Sequence to begin with.</param>
    public string Body(long first, int count)
    {
        StringBuilder body = new();
        foreach (Line line in _lines.Skip((int)first - 1).Take(count))
        {
            string prev = line.Record.Sequence == first ? $"\"prev\":\"{line.Previous}\"," : "";
            body.Append($"{{{prev}\"hash\":\"{line.Hash}\",\"record\":{line.Canonical}}}\n");
        }

        return body.ToString();
    }

    public byte[] Bytes(long first, int count) => Encoding.UTF8.GetBytes(Body(first, count));

    /// <summary>The journal as the store would hold it.</summary>
    /// <param name="firstPosition">Positions ascend from here.</param>
    public IEnumerable<RecordedEvent> Recorded(long firstPosition) => _lines.Select((line, index) => new RecordedEvent(
        firstPosition + index, TestStore.Tenant, line.Record.Stream, 1 + index, NodeRecord.EventId(Node, Boot, line.Record.Sequence),
        line.Record.Type,
        line.Record.Data, line.Record.Wall, null, line.Record.Cause is { } cause ? $"{Node}/{Boot}/{cause}" : null,
        new RecordedOrigin(Node, Boot, line.Record.Sequence, HybridTimestamp.Parse(line.Record.Hlc), line.Record.Mono)));
}
