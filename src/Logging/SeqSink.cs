using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Threading.Channels;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Parsing;

namespace Keepalived.Es.Logging;

/// <summary>
/// Sends the log to Seq: a bounded queue, a file buffer, batches below Seq's limits. Never blocks the one who logs; an event that Seq
/// refuses is set aside, and the others go on; what is lost is counted, and said in Seq itself. (Serilog.Sinks.Seq is not to be had from the feed.)
/// </summary>
internal sealed class SeqSink : ILogEventSink, IDisposable
{
    internal const int QueueCapacity = 10_000;
    private const int MaximumLines = 1_000;
    private const int MaximumBytes = 4 << 20;
    private const int ShownAnswer = 300;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FlushAtStop = TimeSpan.FromSeconds(3);
    private static readonly MessageTemplate Loss = new MessageTemplateParser().Parse("{Count} events for Seq are lost: {Cause}");

    private readonly Channel<LogEvent> _queue = Channel.CreateBounded<LogEvent>(
        new BoundedChannelOptions(QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client;
    private readonly Uri _ingest;
    private readonly SeqBuffer _buffer;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private readonly Task _shipping;
    private long _dropped;
    private long _lost;
    private string _cause = "the queue was full, or Seq was away for too long";
    private int _lineLimit = MaximumLines;
    private string? _problem;

    /// <param name="server">Base address of Seq; a path is kept.</param>
    /// <param name="apiKey">Null: none.</param>
    /// <param name="bufferDirectory">For the file buffer; made when it is needed.</param>
    /// <param name="time">For the waits; null: the system's.</param>
    internal SeqSink(Uri server, string? apiKey, string bufferDirectory, TimeProvider? time = null)
        : this(server, apiKey, new SeqBuffer(bufferDirectory), time ?? TimeProvider.System)
    {
    }

    internal SeqSink(Uri server, string? apiKey, SeqBuffer buffer, TimeProvider time)
    {
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(15) };
        _ingest = new Uri(server.AbsoluteUri.TrimEnd('/') + "/ingest/clef");
        if (apiKey is not null)
        {
            _client.DefaultRequestHeaders.Add("X-Seq-ApiKey", apiKey);
        }

        (_buffer, _time) = (buffer, time);
        _writing = Task.Run(WriteAsync);
        _shipping = Task.Run(ShipAsync);
    }

    private enum Shipment
    {
        /// <summary>There is nothing to send.</summary>
        Nothing,

        /// <summary>Something went on; there may be more.</summary>
        Progress,

        /// <summary>Seq does not take it now.</summary>
        Away,
    }

    public void Emit(LogEvent logEvent)
    {
        if (!_queue.Writer.TryWrite(logEvent))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Puts what is queued into the file buffer and gives Seq three seconds to take it.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _writing.Wait(FlushAtStop);
        _stop.CancelAfter(FlushAtStop);
        _shipping.Wait(FlushAtStop + Period);
        _stop.Dispose();
        _client.Dispose();
    }

    private async Task WriteAsync()
    {
        var lines = new List<string>();
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            lines.Clear();
            LogEvent? newest = null;
            while (lines.Count < MaximumLines && _queue.Reader.TryRead(out LogEvent? logEvent))
            {
                lines.Add(ClefFormatter.Format(logEvent));
                newest = logEvent;
            }

            Append(lines, newest!);
        }
    }

    private void Append(List<string> lines, LogEvent newest)
    {
        int events = lines.Count;
        _lost += Interlocked.Exchange(ref _dropped, 0) + _buffer.TakeGivenUp();
        if (_lost > 0)
        {
            lines.Insert(0, LossLine(newest));
        }

        int notes = lines.Count - events;
        (int kept, string? problem) = _buffer.Append(lines);
        _lost = kept < notes ? _lost + events : events - (kept - notes);
        if (problem is not null)
        {
            _cause = $"the buffer could not be written: {problem}";
            SelfLog.WriteLine("{0} events for Seq are lost: {1}", _lost, problem);
        }
    }

    /// <summary>The loss as an event from the same origin as the newest one.</summary>
    private string LossLine(LogEvent newest)
    {
        LogEventProperty[] origin =
        [
            .. newest.Properties.Where(property => property.Key is "Node" or "Application").Select(property => new LogEventProperty(property.Key, property.Value)),
            new LogEventProperty("Count", new ScalarValue(_lost)),
            new LogEventProperty("Cause", new ScalarValue(_cause)),
        ];
        return ClefFormatter.Format(new LogEvent(newest.Timestamp, LogEventLevel.Warning, null, Loss, origin));
    }

    private async Task ShipAsync()
    {
        TimeSpan pause = Period;
        while (true)
        {
            bool last = _writing.IsCompleted;
            Shipment shipment;
            try
            {
                shipment = await ShipBatchAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)                                  // whatever it is, it is tried again
            {
                Note($"the buffer for Seq cannot be used: {e.Message}");
                shipment = Shipment.Away;
            }

            if (shipment == Shipment.Progress)
            {
                pause = Period;
                continue;
            }

            if (last)
            {
                return;
            }

            await Task.WhenAny(Task.Delay(pause, _time), _writing).ConfigureAwait(false);
            pause = shipment == Shipment.Away ? TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)) : Period;
        }
    }

    /// <summary>A batch that Seq refuses is sent in halves until the event that it will never take is alone; that one is set aside.</summary>
    private async Task<Shipment> ShipBatchAsync()
    {
        SeqBatch batch = _buffer.Read(_lineLimit, MaximumBytes);
        if (batch.Lines.Count == 0)
        {
            return Shipment.Nothing;
        }

        (HttpStatusCode status, string answer) = await SendAsync(batch.Lines).ConfigureAwait(false);
        bool refused = status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge;
        if (refused && batch.Lines.Count > 1)
        {
            _lineLimit = batch.Lines.Count / 2;
            return Shipment.Progress;
        }

        if (!refused && (int)status is < 200 or >= 300)
        {
            Note($"Seq does not take events: {(int)status} {answer}");
            return Shipment.Away;
        }

        if (refused && !_buffer.SetAside(batch.Lines[0], $"{(int)status} {answer}"))
        {
            Interlocked.Increment(ref _dropped);
        }

        _buffer.Commit(batch);
        _lineLimit = Math.Min(_lineLimit * 2, MaximumLines);
        Note(null);
        return Shipment.Progress;
    }

    private void Note(string? problem)
    {
        if (problem != _problem)
        {
            SelfLog.WriteLine(problem ?? "Seq takes events again");
        }

        _problem = problem;
    }

    private async Task<(HttpStatusCode Status, string Answer)> SendAsync(IReadOnlyList<string> lines)
    {
        try
        {
            using var content = new StringContent(string.Join('\n', lines) + "\n", Encoding.UTF8);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.serilog.clef") { CharSet = "utf-8" };
            using HttpResponseMessage response = await _client.PostAsync(_ingest, content, _stop.Token).ConfigureAwait(false);
            string answer = await response.Content.ReadAsStringAsync(_stop.Token).ConfigureAwait(false);
            return (response.StatusCode, answer.Length > ShownAnswer ? answer[..ShownAnswer] : answer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            return (0, e.Message);
        }
    }
}
