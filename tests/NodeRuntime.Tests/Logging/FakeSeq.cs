using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Logging;

/// <summary>Seq's ingestion on loopback: takes CLEF, refuses a whole batch with 400 when one event is bad, and with 413 when it is too large.</summary>
internal sealed class FakeSeq : IAsyncDisposable
{
    private const int MaximumEventBytes = 256 * 1024;
    private const int MaximumBatchBytes = 10 << 20;
    private readonly HttpListener _listener;
    private readonly Task _serving;

    internal FakeSeq()
    {
        (_listener, Port) = LoopbackListener.Start();
        _serving = Task.Run(ServeAsync);
    }

    internal int Port { get; }

    internal Uri Url => new($"http://127.0.0.1:{Port}/");

    /// <summary>Events in the order of arrival; only of batches that were taken.</summary>
    internal ConcurrentQueue<JsonElement> Events { get; } = [];

    internal ConcurrentQueue<(string Path, string? Key, string? ContentType, int Bytes, int Lines)> Requests { get; } = [];

    /// <summary>Status for the next request by its number; 0: the connection is cut; null: as Seq would.</summary>
    internal Func<int, int?> Script { get; set; } = _ => null;

    /// <summary>Events that this Seq will never take.</summary>
    internal Func<JsonElement, bool> Poison { get; set; } = _ => false;

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                context.Request.InputStream.CopyTo(body);
                Answer(context, body.ToArray());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException or IOException)
            {
                // Stopped, or the client went away.
            }
        }
    }

    private void Answer(HttpListenerContext context, byte[] body)
    {
        string[] lines = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int number = Requests.Count;
        Requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["X-Seq-ApiKey"], context.Request.ContentType, body.Length, lines.Length));
        int status = Script(number) ?? Take(lines, body.Length);
        if (status == 0)
        {
            context.Response.ContentLength64 = 1_000;            // Abort alone would send a whole, empty 200
            context.Response.OutputStream.Write("cut"u8);
            context.Response.Abort();
            return;
        }

        context.Response.StatusCode = status;
        context.Response.OutputStream.Write("{\"MinimumLevelAccepted\":null}"u8);
        context.Response.Close();
    }

    private int Take(string[] lines, int size)
    {
        if (size > MaximumBatchBytes)
        {
            return 413;
        }

        var events = new List<JsonElement>();
        foreach (string line in lines)
        {
            if (Encoding.UTF8.GetByteCount(line) > MaximumEventBytes || Clef.Problem(line) is not null || Poison(JsonElement.Parse(line)))
            {
                return 400;
            }

            events.Add(JsonElement.Parse(line));
        }

        events.ForEach(Events.Enqueue);
        return 201;
    }
}

/// <summary>The rules of CLEF.</summary>
internal static class Clef
{
    private static readonly string[] Known = ["@t", "@mt", "@m", "@r", "@l", "@x", "@i", "@tr", "@sp", "@st", "@ps", "@sk", "@ra", "@sa"];
    private static readonly string[] Levels = ["Verbose", "Debug", "Information", "Warning", "Error", "Fatal"];

    /// <summary>What is wrong with a line, or null.</summary>
    internal static string? Problem(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(line), new JsonDocumentOptions { MaxDepth = 200 });
            JsonElement root = document.RootElement;
            foreach (JsonProperty property in root.EnumerateObject())
            {
                if (property.Name.StartsWith('@') && !property.Name.StartsWith("@@", StringComparison.Ordinal) && !Known.Contains(property.Name))
                {
                    return $"{property.Name} is none of CLEF's names, and not escaped";
                }
            }

            return !root.TryGetProperty("@t", out JsonElement time) || !DateTimeOffset.TryParseExact(time.GetString(), "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _)
                ? "@t"
                : root.TryGetProperty("@l", out JsonElement level) && !Levels.Contains(level.GetString()) ? "@l"
                : !root.TryGetProperty("@mt", out JsonElement template) || template.ValueKind != JsonValueKind.String ? "@mt" : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return e.Message;
        }
    }
}
