using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>One line of a timeline.</summary>
/// <param name="Text">The event in words.</param>
/// <param name="Sequence">Of the record, within the boot.</param>
/// <param name="Cause">The record that caused it, as node/boot/sequence; null if none did.</param>
public sealed record TimelineEntry(
    long Position, Guid EventId, DateTimeOffset Time, string Site, string Node, string Stream, string Type, string Text, string Boot,
    long Sequence, string Hlc,
    string? Cause, JsonElement Data)
{
    public static TimelineEntry Of(RecordedEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return new TimelineEntry(
            e.Position, e.Id, e.Time, e.Tenant, e.Origin?.Node ?? "", e.Stream, e.Type, EventSentence.Of(e), e.Origin?.Boot ?? "",
            e.Origin?.Sequence ?? 0,
            e.Origin?.Hlc.ToString() ?? "", e.CausationId, e.Data);
    }
}

/// <summary>A stretch of history.</summary>
/// <param name="Truncated">Earlier events of the stretch were left out.</param>
public sealed record Timeline(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<TimelineEntry> Entries, bool Truncated);
