using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Tests;

/// <summary>A node without a daemon: a journal in memory and the uplink's end of <c>POST /v1/ingest</c>. Not for several threads at once.</summary>
internal sealed class SimulatedNode(string name, string token)
{
    private const string Batches = "application/x-ndjson";
    private readonly Queue<(string Previous, string Hash, byte[] Canonical)> _unacknowledged = [];
    private string _hash = NodeRecord.GenesisHash;

    internal string Name { get; } = name;

    internal string Boot { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Records made.</summary>
    internal long Said { get; private set; }

    /// <summary>Records that the control plane has said it keeps.</summary>
    internal long Acknowledged { get; private set; }

    /// <summary>Hash of the last record, and so of all.</summary>
    internal string LastHash => _hash;

    /// <summary>Why the last request that was not taken was not; for messages.</summary>
    internal string? Trouble { get; private set; }

    /// <summary>Writes an event into the journal.</summary>
    /// <param name="wall">Not before that of the record before.</param>
    internal void Say(INodeEvent e, DateTimeOffset wall, TimeSpan mono)
    {
        HybridTimestamp hlc = new((wall.ToUnixTimeMilliseconds() << 16) | (++Said & 0xFFFF));
        byte[] canonical = new NodeRecord(
            Name, Boot, Said, hlc.ToString(), wall, mono, EventCatalog.StreamOf(e), EventCatalog.AliasOf(e), EventCatalog.Serialize(e)).ToCanonicalBytes();
        string hash = NodeRecord.ChainHash(_hash, canonical);
        _unacknowledged.Enqueue((_hash, hash, canonical));
        _hash = hash;
    }

    /// <summary>Sends what is not acknowledged, the oldest first; nothing to send is a heartbeat.</summary>
    /// <param name="limit">Records at most.</param>
    /// <returns>False: nobody answered, or the answer was to come again.</returns>
    /// <exception cref="InvalidOperationException">The control plane refused for good.</exception>
    internal async Task<bool> SendAsync(HttpClient http, int limit, CancellationToken stop)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/ingest") { Content = new ByteArrayContent(Body(limit)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(Batches);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, stop);
            string answer = await response.Content.ReadAsStringAsync(stop);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                Trouble = answer;
                return false;
            }

            Take(response.StatusCode == HttpStatusCode.OK
                ? JsonElement.Parse(answer)
                : throw new InvalidOperationException($"{Name}: {(int)response.StatusCode} {answer}"));
            return true;
        }
        catch (Exception away) when (away is HttpRequestException or IOException || (away is OperationCanceledException && !stop.IsCancellationRequested))
        {
            Trouble = away.ToString();
            return false;
        }
    }

    private byte[] Body(int limit)
    {
        using MemoryStream body = new();
        foreach ((string previous, string hash, byte[] canonical) in _unacknowledged.Take(limit))
        {
            string before = body.Length == 0 ? $"{{\"prev\":\"{previous}\",\"hash\":\"{hash}\",\"record\":" : $"{{\"hash\":\"{hash}\",\"record\":";
            body.Write(Encoding.ASCII.GetBytes(before));
            body.Write(canonical);
            body.Write("}\n"u8);
        }

        return body.ToArray();
    }

    private void Take(JsonElement receipt)
    {
        if (!receipt.TryGetProperty("acknowledged", out JsonElement head) || head.ValueKind != JsonValueKind.Number)
        {
            return;
        }

        for (long last = head.GetInt64(); Acknowledged < last; Acknowledged++)
        {
            _unacknowledged.Dequeue();
        }
    }
}
