using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>One request to the control plane: the batch, signed by the node, and how the clocks stood at the request before.</summary>
internal sealed class UplinkTransport(HttpClient client, string stateDirectory, TimeProvider time) : IDisposable
{
    private readonly Uri _ingest = new(client.BaseAddress!.AbsoluteUri.TrimEnd('/') + "/v1/ingest");
    private NodeKey? _key;
    private string? _problem;
    private ClockEstimate? _clock;

    /// <param name="batch">Empty: a heartbeat.</param>
    internal async ValueTask<UplinkAnswer> PostAsync(List<JournalRecord> batch, CancellationToken cancel)
    {
        using HttpRequestMessage request = Request(batch);
        try
        {
            DateTimeOffset sent = time.GetUtcNow();
            long start = time.GetTimestamp();
            using HttpResponseMessage response = await client.SendAsync(request, cancel).ConfigureAwait(false);
            DateTimeOffset returned = sent + time.GetElapsedTime(start);
            string body = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            var answer = new UplinkAnswer(response.StatusCode, body, response.Headers.RetryAfter?.Delta);
            _clock = answer.Receipt is { Received: { } received, Answered: { } answered } ? ClockEstimate.Of(sent, received, answered, returned) ?? _clock : _clock;
            return answer;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new UplinkAnswer(0, e.InnerException?.Message ?? e.Message, null);
        }
    }

    public void Dispose() => _key?.Dispose();

    private HttpRequestMessage Request(List<JournalRecord> batch)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _ingest);
        if (_clock is { } clock)
        {
            request.Headers.Add(ClockEstimate.Header, clock.ToHeader());
        }

        if (batch.Count > 0)
        {
            request.Content = BatchContent.Of(batch);
            Key()?.Sign(request.Headers, NodeRecord.Parse(batch[^1].Canonical).Node, batch[^1]);
        }

        return request;
    }

    /// <summary>Null while it cannot be used: then the batch goes unsigned, which the control plane takes only as long as it knows no key of the node.</summary>
    private NodeKey? Key()
    {
        try
        {
            return _key ??= NodeKey.LoadOrCreate(stateDirectory);
        }
        catch (IOException e)
        {
            if (_problem != e.Message)
            {
                Log.NodeKeyUnusable(e.Message);
            }

            _problem = e.Message;
            return null;
        }
    }
}
