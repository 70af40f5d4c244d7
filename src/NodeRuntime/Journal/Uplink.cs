using System.Globalization;
using System.Net;
using Microsoft.Data.Sqlite;
using Polly;
using Polly.Retry;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>
/// Sends the journal to the control plane in batches, oldest first, exactly once by (node, boot, sequence): a batch whose answer was lost
/// is sent again and the control plane skips what it has. Waits longer and longer while it is out of reach or refuses, and resumes after
/// any outage; a control plane that has lost records is sent them again as far as the journal still has them.
/// </summary>
internal sealed class Uplink : IAsyncDisposable
{
    private const int MaximumRecords = 1_000;
    private const int MaximumBytes = 4 << 20;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FlushAtStop = TimeSpan.FromSeconds(2);

    private readonly UplinkTransport _transport;
    private readonly JournalReader _reader;
    private readonly JournalWriter _writer;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<UplinkAnswer> _retries;
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private volatile bool _draining;
    private bool _outOfReach;
    private string? _problem;
    private int _recordLimit = MaximumRecords;
    private TimeSpan _pause = Heartbeat;

    /// <param name="client">Carries base address and credential; not disposed of.</param>
    /// <param name="stateDirectory">Where the journal is.</param>
    /// <param name="writer">Tells when there is news, and takes the control plane's clock.</param>
    /// <param name="time">For the waits; null: the system's.</param>
    internal Uplink(HttpClient client, string stateDirectory, JournalWriter writer, TimeProvider? time = null)
    {
        (_writer, _reader, _time) = (writer, new JournalReader(stateDirectory), time ?? TimeProvider.System);
        _transport = new UplinkTransport(client, stateDirectory, _time);
        _retries = new ResiliencePipelineBuilder<UplinkAnswer> { TimeProvider = _time }.AddRetry(new RetryStrategyOptions<UplinkAnswer>
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { IsTransient: true }),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = FirstRetry,
            MaxDelay = LongestRetry,
            UseJitter = true,
            DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter is { } wish ? Bounded(wish) : (TimeSpan?)null),
        }).Build();
        _writer.Appended += OnAppended;
        _sending = Task.Run(SendAllAsync);
    }

    /// <summary>Told of every command in an answer, again until it is acknowledged; must not block.</summary>
    internal Action<OperatorCommand>? Commanded { get; set; }

    /// <summary>Gives the newest records two seconds to arrive; what did not is sent after the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        _writer.Appended -= OnAppended;
        _draining = true;
        OnAppended();
        _stop.CancelAfter(FlushAtStop);
        await _sending.ConfigureAwait(false);
        _reader.Dispose();
        _transport.Dispose();
        _stop.Dispose();
        _news.Dispose();
    }

    /// <summary>What the control plane asks for, but neither at once nor so late that an outage seems to last.</summary>
    private static TimeSpan Bounded(TimeSpan wish) => wish < FirstRetry ? FirstRetry : wish > LongestPause ? LongestPause : wish;

    private void OnAppended()
    {
        if (_news.CurrentCount == 0)
        {
            try
            {
                _news.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another thread brought news between the look and the release.
            }
        }
    }

    private async Task SendAllAsync()
    {
        try
        {
            bool refused = false;
            while (!(_draining && (refused || Read().Count == 0)))
            {
                List<JournalRecord> batch = await NextAsync(refused).ConfigureAwait(false);
                bool again = refused;
                refused = !await TrySendPendingAsync(batch).ConfigureAwait(false);
                _pause = refused && again ? TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks)) : Heartbeat;
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops; the rest is sent after the next start.
        }
    }

    /// <summary>Waits for records, and for the heartbeat's time at most; after a refusal they do not hasten it. News of what went with the batch before is none.</summary>
    /// <returns>What to send; nothing is a heartbeat.</returns>
    private async Task<List<JournalRecord>> NextAsync(bool refused)
    {
        using var pause = new CancellationTokenSource(_pause, _time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, pause.Token);
        List<JournalRecord> batch;
        bool due;
        do
        {
            await _news.WaitAsync(over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            due = over.IsCancellationRequested || _draining;
            batch = due || !refused ? Read() : [];
        }
        while (batch.Count == 0 && !due);
        _stop.Token.ThrowIfCancellationRequested();
        return batch;
    }

    /// <returns>False when it came to a refusal that sending again at once will not mend.</returns>
    private async Task<bool> TrySendPendingAsync(List<JournalRecord> batch)
    {
        try
        {
            do
            {
                UplinkAnswer answer = await _retries.ExecuteAsync(
                    async cancel => await PostAsync(batch, cancel).ConfigureAwait(false), _stop.Token).ConfigureAwait(false);
                if (Problem(answer, batch) is { } problem)
                {
                    Note(problem);
                    return false;
                }

                batch = Read();
            }
            while (batch.Count > 0);
            Note(null);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)   // whatever it is, the uplink tries again later
        {
            Note(e.Message);
            return false;
        }
    }

    /// <summary>Says a problem once, until there is another or none.</summary>
    private void Note(string? problem)
    {
        if (problem is not null && problem != _problem)
        {
            Log.UplinkRefused(_transport.Address, problem);
        }
        else if (problem is null && _problem is not null)
        {
            Log.UplinkReach(_transport.Address, reached: true, "");
        }

        _problem = problem;
    }

    private List<JournalRecord> Read()
    {
        try
        {
            return _reader.ReadUnacknowledged(_recordLimit, MaximumBytes);
        }
        catch (SqliteException e)
        {
            string problem = $"the journal cannot be read: {e.Message}";
            if (_problem != problem)
            {
                Log.UplinkCannotRead(e.Message);
            }

            _problem = problem;
            return [];
        }
    }

    private async ValueTask<UplinkAnswer> PostAsync(List<JournalRecord> batch, CancellationToken cancel)
    {
        UplinkAnswer answer = await _transport.PostAsync(batch, cancel).ConfigureAwait(false);
        if (answer.IsTransient != _outOfReach)
        {
            _outOfReach = answer.IsTransient;
            Log.UplinkReach(_transport.Address, !_outOfReach, answer.Describe());
        }

        return answer;
    }

    /// <summary>Takes the answer. Null when the batch is done with, otherwise why it is not.</summary>
    private string? Problem(UplinkAnswer answer, List<JournalRecord> batch)
    {
        switch (answer.Status)
        {
            case HttpStatusCode.OK:
                return Acknowledge(answer, batch);
            case HttpStatusCode.RequestEntityTooLarge when batch.Count > 1:
                _recordLimit = batch.Count / 2;                  // a proxy in between may allow less than the control plane
                return null;
            case HttpStatusCode.Conflict when answer.Receipt is { Boot: { } boot, Expected: { } expected }
                && batch.Count > 0 && boot == batch[0].Boot && expected < batch[0].Sequence && _reader.Rewind(boot, expected):
                return null;                                     // it was set back to an earlier state: what it misses comes again
            default:
                return answer.Describe();
        }
    }

    private string? Acknowledge(UplinkAnswer answer, List<JournalRecord> batch)
    {
        if (answer.Receipt is not { } receipt)
        {
            return $"its answer is not that of a control plane: {answer.Describe()}";
        }

        if (receipt.Hlc is { } clock)
        {
            _writer.MergeClock(clock);
        }

        foreach (OperatorCommand command in receipt.Commands)
        {
            Commanded?.Invoke(command);
        }

        if (batch.Count == 0)
        {
            return null;
        }

        if (batch.FindLast(record => record.Sequence <= receipt.Acknowledged) is not { } last || (receipt.Boot ?? last.Boot) != last.Boot)
        {
            return $"it acknowledged {receipt.Acknowledged?.ToString(CultureInfo.InvariantCulture) ?? "nothing"} of boot {receipt.Boot}, "
                + $"sent were {batch[0].Sequence} to {batch[^1].Sequence} of boot {batch[0].Boot}";
        }

        _reader.Acknowledge(last.Id);
        _recordLimit = Math.Min(_recordLimit * 2, MaximumRecords);
        return null;
    }
}
