using System.Text.Json;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>A node's record as <c>kes_node_events</c> has it, and the row of <c>mt_events</c> at its position.</summary>
/// <param name="Event">Null: there is none.</param>
internal sealed record StoredRecord(
    long Position, long Sequence, Guid Id, string Type, long Hlc, DateTime Wall, TimeSpan Mono, string PreviousHash, string Hash, byte[] Canonical, StoredEvent? Event);

/// <summary>What <c>mt_events</c> says.</summary>
internal sealed record StoredEvent(
    string Tenant, string Stream, long Version, Guid Id, string Type, string Data, DateTime Timestamp, string? Causation, string? Headers);

/// <summary>A boot, as <c>kes_node_boots</c> has it.</summary>
/// <param name="Head">Null: that table has no such boot, though there are records of it.</param>
internal sealed record StoredBoot(string Tenant, string Node, string Boot, BootHead? Head);

/// <param name="PreviousHash">Before the first record.</param>
/// <param name="Follows">The hash before the first record is that of another boot's head, or the genesis hash.</param>
internal sealed record BootHead(long LastSequence, string LastHash, string PreviousHash, bool Linked, bool Follows);

/// <summary>Compares a record's row in <c>mt_events</c> with the record's own bytes. Pure.</summary>
internal static class EventRowCheck
{
    /// <returns>What differs, expected and found; null: nothing.</returns>
    internal static (string What, string Expected, string Found)? Difference(StoredRecord row, NodeRecord record, string tenant)
    {
        if (row.Event is not { } e)
        {
            return ("the record's event is in mt_events", $"an event {record.Type}", "none at this position");
        }

        (string What, string Expected, string Found)[] texts =
        [
            ("site of the event", tenant, e.Tenant),
            ("stream of the event", record.Stream, e.Stream),
            ("type of the event", record.Type, e.Type),
            ("id of the event", $"{NodeRecord.EventId(record.Node, record.Boot, record.Sequence)}", $"{e.Id}"),
            ("timestamp of the event", Moment(record.Wall.UtcDateTime), Moment(e.Timestamp)),
            ("cause of the event", record.Cause is { } cause ? $"{record.Node}/{record.Boot}/{cause}" : "none", e.Causation ?? "none"),
        ];
        foreach ((string What, string Expected, string Found) text in texts)
        {
            if (text.Expected != text.Found)
            {
                return text;
            }
        }

        return Json("data of the event", EventStore.JsonbText.Clean(record.Data.GetRawText()), e.Data)
            ?? Json("headers of the event", EventStore.EventRows.Headers(record), e.Headers ?? "null");
    }

    /// <summary>To the microsecond, as PostgreSQL keeps it.</summary>
    internal static string Moment(DateTime moment) => new DateTime(moment.Ticks / 10 * 10, DateTimeKind.Utc).ToString("O");

    private static (string What, string Expected, string Found)? Json(string what, string expected, string found)
    {
        using JsonDocument wanted = JsonDocument.Parse(expected);
        using JsonDocument there = JsonDocument.Parse(found);
        return JsonElement.DeepEquals(wanted.RootElement, there.RootElement) ? null : (what, expected, found);
    }
}
