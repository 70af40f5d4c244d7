using System.Text.Json;
using System.Text.Json.Serialization;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>An event that is about to be appended.</summary>
/// <param name="Id">Unique over the store by the caller's care; the store does not check it.</param>
/// <param name="Type">The event's alias, at most 500 characters.</param>
/// <param name="Data">The body, JSON text that jsonb accepts (<see cref="JsonbText.Clean"/>).</param>
/// <param name="Timestamp">When it happened; stored as UTC, to the microsecond.</param>
/// <param name="Headers">A JSON object, or null for none.</param>
/// <param name="DotNetType">What Marten reads it as; null: what this program knows the alias as.</param>
public sealed record NewEvent(
    Guid Id, string Type, string Data, DateTimeOffset Timestamp, string? CorrelationId = null, string? CausationId = null,
    string? Headers = null, string? DotNetType = null);

/// <summary>Events for one stream, in their order.</summary>
/// <param name="ExpectedVersion">Version of the stream before the append: null for any, 0 for "must not exist".</param>
public sealed record StreamAppend(string Stream, IReadOnlyList<NewEvent> Events, long? ExpectedVersion = null);

/// <summary>Where an appended event came to stand.</summary>
/// <param name="Position">Place in the store, from 1, ascending, with gaps.</param>
/// <param name="Version">Place in its stream, from 1, without gaps.</param>
public readonly record struct AppendedEvent(long Position, long Version);

/// <summary>What <c>mt_streams</c> says about a stream.</summary>
/// <param name="Version">Number of its events.</param>
public sealed record StreamState(string Tenant, string Stream, long Version, DateTimeOffset LastTimestamp, DateTimeOffset Created,
    bool IsArchived);

/// <summary>An event as the store holds it.</summary>
/// <param name="Time">When it happened, by the clock of who recorded it, UTC.</param>
public sealed record RecordedEvent(
    long Position, string Tenant, string Stream, long Version, Guid Id, string Type, JsonElement Data, DateTimeOffset Time,
    string? CorrelationId, string? CausationId, RecordedOrigin? Origin)
{
    /// <summary>The headers as JSON text, an object; null for none.</summary>
    public string? Headers { get; init; }

    private object? _event;
    private bool _isRead;

    /// <summary>The event itself, read when it is first asked for; null when its alias is unknown to this program or its body does not fit.</summary>
    [JsonIgnore]
    public object? Event
    {
        get
        {
            if (!_isRead)
            {
                _event = Read(Type, Data);
                _isRead = true;
            }

            return _event;
        }
    }

    private static object? Read(string type, JsonElement data)
    {
        try
        {
            return EventCatalog.Deserialize(type, data);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The node's record behind an event, from the event's headers.</summary>
/// <param name="Mono">The node's monotonic time since its kernel's boot.</param>
public sealed record RecordedOrigin(string Node, string Boot, long Sequence, HybridTimestamp Hlc, TimeSpan Mono);

/// <summary>A stretch of the whole store in order of position.</summary>
/// <param name="HighWaterMark">Position up to which nothing can appear any more; the page ends at or before it.</param>
/// <param name="HeldBack">Positions beyond the mark are drawn already, and their transactions not all seen to end: ask again soon.</param>
public sealed record EventPage(IReadOnlyList<RecordedEvent> Events, long HighWaterMark, bool HeldBack = false);
