using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>One request as it arrived.</summary>
internal sealed record Exchange(string Method, string Path, string? ContentType, string? Encoding, string? Authorization, byte[] Raw, string[] Lines);

/// <summary>What the script wants instead of, or after, the ordinary answer.</summary>
/// <param name="Status">0: the connection is cut.</param>
/// <param name="Store">Whether the batch is stored first: the answer is what gets lost.</param>
/// <param name="Location">Where the node's site lives.</param>
internal sealed record Upset(int Status, string Body = "", bool Store = false, string? RetryAfter = null, Uri? Location = null);

/// <summary>
/// A control plane on loopback that keeps the rules of ingest: records of one boot, ascending by one from the head, chained; what it has
/// already is skipped. Real HTTP; a script may upset any request.
/// </summary>
internal sealed class FakeControlPlane : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;

    /// <param name="port">0: a free one.</param>
    internal FakeControlPlane(int port = 0)
    {
        (_listener, Port) = LoopbackListener.Start(port);
        _serving = Task.Run(ServeAsync);
    }

    internal int Port { get; }

    internal Uri Url => new($"http://127.0.0.1:{Port}/");

    /// <summary>Asked for each request, with its number from 0 and itself; null: the ordinary answer.</summary>
    internal Func<int, Exchange, Upset?> Script { get; set; } = (_, _) => null;

    /// <summary>The clock in its answers.</summary>
    internal HybridTimestamp Clock { get; set; }

    internal ConcurrentQueue<Exchange> Exchanges { get; } = [];

    /// <summary>Canonical bytes as text, in the order of storing.</summary>
    internal ConcurrentQueue<string> Stored { get; } = [];

    internal ConcurrentDictionary<string, (long Head, string Hash)> Boots { get; } = [];

    /// <summary>Records that broke a rule.</summary>
    internal ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>Forgets what it has: as if restored from an earlier backup.</summary>
    internal void SetBack(string boot, long head, string hash) => Boots[boot] = (head, hash);

    /// <summary>From now on connections are refused. Closed at once, not only stopped: closing a stopped listener would bind its port again.</summary>
    internal async Task StopAsync()
    {
        _listener.Close();
        await _serving;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                Answer(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // Stopped, or the client went away.
            }
        }
    }

    private void Answer(HttpListenerContext context)
    {
        Exchange exchange = Read(context.Request);
        int number = Exchanges.Count;
        Exchanges.Enqueue(exchange);
        Upset? upset = Script(number, exchange);
        (int status, string body) = upset is null or { Store: true } ? Ingest(exchange.Lines) : (0, "");
        if (upset is not null)
        {
            (status, body) = (upset.Status, upset.Body);
        }

        if (status == 0)
        {
            context.Response.ContentLength64 = 1_000;            // Abort alone would send a whole, empty 200
            context.Response.OutputStream.Write("cut"u8);
            context.Response.Abort();
            return;
        }

        context.Response.StatusCode = status;
        if (upset?.RetryAfter is { } wait)
        {
            context.Response.Headers["Retry-After"] = wait;
        }

        if (upset?.Location is { } place)
        {
            context.Response.Headers["Location"] = $"{place}v1/ingest";
        }

        context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    private static Exchange Read(HttpListenerRequest request)
    {
        using var raw = new MemoryStream();
        request.InputStream.CopyTo(raw);
        string text = "";
        if (raw.Length > 0)
        {
            using var unzipped = new StreamReader(new GZipStream(new MemoryStream(raw.ToArray()), CompressionMode.Decompress));
            text = unzipped.ReadToEnd();
        }

        return new Exchange(
            request.HttpMethod, request.Url!.AbsolutePath, request.ContentType, request.Headers["Content-Encoding"], request.Headers["Authorization"],
            raw.ToArray(), text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private (int Status, string Body) Ingest(string[] lines)
    {
        string clock = Clock.ToString();
        if (lines.Length == 0)
        {
            return (200, $"{{\"hlc\":\"{clock}\"}}");
        }

        NodeRecord[] records = [.. lines.Select(line => NodeRecord.Parse(Encoding.UTF8.GetBytes(Canonical(line))))];
        string boot = records[0].Boot;
        (long head, string hash) = Boots.GetValueOrDefault(boot, (0, ""));
        if (records[0].Sequence > head + 1)
        {
            return (409, $"{{\"error\":\"gap\",\"boot\":\"{boot}\",\"expected\":{head + 1}}}");
        }

        string previous = JsonDocument.Parse(lines[0]).RootElement.GetProperty("prev").GetString()!;
        for (int i = 0; i < lines.Length; i++)
        {
            Check(records[i].Boot == boot && records[i].Sequence == records[0].Sequence + i, lines[i]);
            previous = NodeRecord.ChainHash(previous, Encoding.UTF8.GetBytes(Canonical(lines[i])));
            Check(previous == JsonDocument.Parse(lines[i]).RootElement.GetProperty("hash").GetString(), lines[i]);
            Check(records[i].Sequence != head || previous == hash, lines[i]);
            if (records[i].Sequence == head + 1)
            {
                Stored.Enqueue(Canonical(lines[i]));
                (head, hash) = (head + 1, previous);
            }
        }

        Boots[boot] = (head, hash);
        return (200, $"{{\"boot\":\"{boot}\",\"acknowledged\":{head},\"hlc\":\"{clock}\"}}");
    }

    private static string Canonical(string line) => JsonDocument.Parse(line).RootElement.GetProperty("record").GetRawText();

    private void Check(bool kept, string line)
    {
        if (!kept)
        {
            Violations.Enqueue(line);
        }
    }
}
