using System.Net;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>
/// One request to the control plane: the batch, signed by the node, and how the clocks stood at the request before. Follows the node's site to another
/// control plane (308) and stays there, until the daemon starts again.
/// </summary>
internal sealed class UplinkTransport(HttpClient client, string stateDirectory, TimeProvider time) : IDisposable
{
    /// <summary>Addresses that one request is sent on to: more, and they lead in a circle.</summary>
    private const int MostHops = 3;

    private const string Path = "/v1/ingest";

    private readonly Uri _configured = new(client.BaseAddress!.AbsoluteUri.TrimEnd('/'));
    private Uri? _moved;
    private Uri? _told;
    private NodeKey? _key;
    private string? _problem;
    private ClockEstimate? _clock;

    /// <summary>The control plane that requests go to.</summary>
    internal Uri Address => _moved ?? _configured;

    /// <param name="batch">Empty: a heartbeat.</param>
    internal async ValueTask<UplinkAnswer> PostAsync(List<JournalRecord> batch, CancellationToken cancel)
    {
        for (int hops = 0; ; hops++)
        {
            (UplinkAnswer answer, Uri? location) = await SendAsync(batch, cancel).ConfigureAwait(false);
            if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound)
            {
                Go(null);                                        // where the node is not known; the configured one may know better by now
            }

            if (answer.Status != HttpStatusCode.PermanentRedirect)
            {
                return answer;
            }

            if (Refusal(location, hops) is { } refusal)
            {
                Go(null);
                return answer with { Body = $"{refusal}: {answer.Body}" };
            }

            Go(new Uri(location!.AbsoluteUri[..^Path.Length]));
        }
    }

    public void Dispose() => _key?.Dispose();

    /// <param name="place">Null: the configured one.</param>
    private void Go(Uri? place)
    {
        place = place == _configured ? null : place;
        if (place == _moved)
        {
            return;
        }

        (_moved, _clock) = (place, null);                        // the estimate was of another control plane's clock
        if (place is not null && place != _told)
        {
            Log.UplinkMoved(_configured, place);
            _told = place;
        }
    }

    /// <returns>Why the request is not sent on; null: it is.</returns>
    private string? Refusal(Uri? location, int hops)
    {
        if (location is null || !location.AbsoluteUri.EndsWith(Path, StringComparison.Ordinal))
        {
            return $"it sends us on to '{location}', which is no control plane's {Path}";
        }

        if (location.Scheme != Uri.UriSchemeHttps && (location.Scheme != Uri.UriSchemeHttp || Address.Scheme != Uri.UriSchemeHttp))
        {
            return $"it sends us on to {location}, where the token could be read on the way: from {Address.Scheme} only https is followed";
        }

        return hops < MostHops ? null : $"it sends us on to {location}, the {MostHops + 1}th address in turn: they lead in a circle";
    }

    private async ValueTask<(UplinkAnswer Answer, Uri? Location)> SendAsync(List<JournalRecord> batch, CancellationToken cancel)
    {
        Uri address = new(Address.AbsoluteUri.TrimEnd('/') + Path);
        using HttpRequestMessage request = Request(batch, address);
        try
        {
            DateTimeOffset sent = time.GetUtcNow();
            long start = time.GetTimestamp();
            using HttpResponseMessage response = await client.SendAsync(request, cancel).ConfigureAwait(false);
            DateTimeOffset returned = sent + time.GetElapsedTime(start);
            string body = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            var answer = new UplinkAnswer(response.StatusCode, body, response.Headers.RetryAfter?.Delta);
            _clock = answer.Receipt is { Received: { } received, Answered: { } answered } ? ClockEstimate.Of(sent, received, answered, returned) ?? _clock : _clock;
            return (answer, response.Headers.Location is { } location ? new Uri(address, location) : null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return (new UplinkAnswer(0, e.InnerException?.Message ?? e.Message, null), null);
        }
    }

    /// <summary>The client adds the token to each request, to whatever address: it follows no redirection by itself.</summary>
    private HttpRequestMessage Request(List<JournalRecord> batch, Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address);
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
