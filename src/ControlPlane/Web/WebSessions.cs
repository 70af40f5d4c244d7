using System.Collections.Concurrent;
using System.Security.Cryptography;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>Somebody who has logged in with the operator's token.</summary>
/// <param name="FormToken">Every form that changes something carries it.</param>
/// <param name="Until">When it ends unless it is used.</param>
public sealed record WebSession(string FormToken, DateTimeOffset Until)
{
    /// <summary>Compares in constant time.</summary>
    public bool Allows(string? formToken) =>
        formToken is not null && CryptographicOperations.FixedTimeEquals(BearerToken.HashOf(formToken), BearerToken.HashOf(FormToken));
}

/// <summary>Sessions of the pages, in memory: a restart ends them all. The cookie holds 32 random bytes, of which only the SHA-256 is kept.</summary>
public sealed class WebSessions(TimeProvider time)
{
    public const string Cookie = "kes";

    /// <summary>A session ends when it was not used for so long.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>Above it the one that ends first is ended.</summary>
    public const int Limit = 1_000;

    private readonly ConcurrentDictionary<string, WebSession> _sessions = new(StringComparer.Ordinal);

    /// <returns>The cookie's value.</returns>
    public string Open()
    {
        DateTimeOffset now = time.GetUtcNow();
        foreach ((string old, WebSession session) in _sessions)
        {
            if (session.Until <= now)
            {
                _sessions.TryRemove(old, out _);
            }
        }

        while (_sessions.Count >= Limit)
        {
            _sessions.TryRemove(_sessions.MinBy(session => session.Value.Until).Key, out _);
        }

        string cookie = BearerToken.Create();
        _sessions[Key(cookie)] = new WebSession(BearerToken.Create(), now + Idle);
        return cookie;
    }

    /// <summary>The session of a request, which goes on from here; null: none.</summary>
    public WebSession? Find(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Cookies[Cookie] is not { } cookie || !_sessions.TryGetValue(Key(cookie), out WebSession? session) || session.Until <= time.GetUtcNow())
        {
            return null;
        }

        WebSession going = session with { Until = time.GetUtcNow() + Idle };
        return _sessions.TryUpdate(Key(cookie), going, session) ? going : session;
    }

    public void Close(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Cookies[Cookie] is { } cookie)
        {
            _sessions.TryRemove(Key(cookie), out _);
        }
    }

    private static string Key(string cookie) => Convert.ToHexString(BearerToken.HashOf(cookie));
}
