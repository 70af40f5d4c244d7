namespace Keepalived.Es.ControlPlane.Api;

/// <summary>The answer while the database does not answer.</summary>
internal static class Unavailable
{
    internal const string RetryAfterSeconds = "2";

    /// <summary>Many nodes ask again and again during an outage; the log hears of it once in this time.</summary>
    private static readonly TimeSpan BetweenMessages = TimeSpan.FromSeconds(30);

    private static readonly Lock Turn = new();
    private static DateTimeOffset _nextMessage;
    private static int _requests;

    internal static IResult Answer(HttpContext http, Exception failure, ILogger log)
    {
        Say(log, failure, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Results.Json(
            new ApiError($"the database does not answer ({failure.Message}); nothing was acknowledged, try again"), ApiJson.Options,
            statusCode: 503);
    }

    private static void Say(ILogger log, Exception failure, DateTimeOffset now)
    {
        lock (Turn)
        {
            _requests++;
            if (now >= _nextMessage)
            {
                log.DatabaseUnavailable(failure.Message, _requests);
                (_requests, _nextMessage) = (0, now + BetweenMessages);
            }
        }
    }
}
