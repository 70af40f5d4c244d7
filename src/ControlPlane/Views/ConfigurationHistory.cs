using DiffPlex.Renderer;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Something that a node did with its configuration.</summary>
/// <param name="Type"><c>configuration_loaded</c>, <c>configuration_reloaded</c> or <c>configuration_rejected</c>.</param>
/// <param name="At">By the node's clock.</param>
/// <param name="Notes">Warnings, what a reload has changed, or why it was refused; a line each.</param>
/// <param name="Difference">Unified difference to the text in force before; null: there was none, or the event has no text; empty: the same.</param>
/// <param name="Word">Position of the event.</param>
public sealed record ConfigurationChange(
    DateTimeOffset At, string Type, string Path, string Sha256, IReadOnlyList<string> Notes, string? Difference, long Word);

/// <summary>What became of a node's configuration over time. A pure fold.</summary>
public sealed record ConfigurationHistory(string Site, string Node, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<ConfigurationChange> Changes)
{
    /// <param name="before">The configuration in force at the stretch's begin; null: none on record.</param>
    /// <param name="events">Oldest first.</param>
    /// <param name="withDifference">Compare each text with the one before.</param>
    public static IReadOnlyList<ConfigurationChange> Of(ConfigurationLoaded? before, IEnumerable<RecordedEvent> events, bool withDifference)
    {
        ArgumentNullException.ThrowIfNull(events);
        ConfigurationLoaded? last = before;
        List<ConfigurationChange> changes = [];
        foreach (RecordedEvent e in events)
        {
            switch (e.Event)
            {
                case ConfigurationLoaded c:
                    changes.Add(new ConfigurationChange(
                        e.Time, e.Type, c.Path, c.Sha256, c.Warnings, withDifference && last is not null ? Difference(last, c) : null, e.Position));
                    last = c;
                    break;
                case ConfigurationReloaded c:
                    changes.Add(new ConfigurationChange(e.Time, e.Type, c.Path, c.Sha256, c.Changes, null, e.Position));
                    break;
                case ConfigurationRejected c:
                    changes.Add(new ConfigurationChange(e.Time, e.Type, c.Path, c.Sha256, c.Diagnostics, null, e.Position));
                    break;
            }
        }

        return changes;
    }

    private static string Difference(ConfigurationLoaded from, ConfigurationLoaded to) => from.Text == to.Text
        ? ""
        : UnidiffRenderer.GenerateUnidiff(from.Text, to.Text, $"{from.Path} {from.Sha256[..Math.Min(12, from.Sha256.Length)]}",
            $"{to.Path} {to.Sha256[..Math.Min(12, to.Sha256.Length)]}").ReplaceLineEndings("\n");
}
