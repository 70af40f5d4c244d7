using System.Collections.Immutable;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents;

/// <summary>Something that somebody said about an incident.</summary>
/// <param name="At">By the control plane's clock.</param>
public sealed record IncidentNote(DateTimeOffset At, string By, string Text);

/// <summary>An incident as its stream tells it. A pure fold.</summary>
/// <param name="Version">Events of its stream that are folded in.</param>
/// <param name="Facts">What is known of it now.</param>
/// <param name="Opened">When it was found, by the control plane's clock.</param>
/// <param name="AcknowledgedBy">Who has seen it first; null: nobody yet.</param>
/// <param name="AssignedTo">Who takes care; null: nobody.</param>
/// <param name="Notes">Annotations, acknowledgements and assignments, oldest first.</param>
/// <param name="Hooks">What hooks were run for it.</param>
public sealed record IncidentView(
    string Id, string Site, IncidentKind Kind, string Subject, long Version, IncidentFacts Facts, DateTimeOffset Opened, string? AcknowledgedBy,
    string? AssignedTo, ImmutableList<IncidentNote> Notes, ImmutableList<IncidentHookRan> Hooks)
{
    public bool IsOpen => Facts.End is null;

    /// <summary>Folds one event of the incident's stream; null before its first.</summary>
    public static IncidentView? Apply(IncidentView? view, RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        if (recorded.Event is IncidentOpened opened)
        {
            return view ?? new IncidentView(
                opened.Incident, recorded.Tenant, opened.Kind, opened.Subject, recorded.Version, opened.Facts, recorded.Time, null, null, [], []);
        }

        return view is null || recorded.Version <= view.Version ? view : view.Fold(recorded) with { Version = recorded.Version };
    }

    private IncidentView Fold(RecordedEvent recorded) => recorded.Event switch
    {
        IncidentChanged e => this with { Facts = e.Facts },
        IncidentClosed e => this with { Facts = e.Facts },
        IncidentAnnotated e => Noted(recorded, e.By, e.Text),
        IncidentAcknowledged e => Noted(recorded, e.By, "acknowledged it") with { AcknowledgedBy = AcknowledgedBy ?? e.By },
        IncidentAssigned e => Noted(recorded, e.By, $"assigned it to {e.To}") with { AssignedTo = e.To },
        IncidentHookRan e => this with { Hooks = Hooks.Add(e) },
        _ => this,
    };

    private IncidentView Noted(RecordedEvent recorded, string by, string text) => this with { Notes = Notes.Add(new IncidentNote(recorded.Time, by, text)) };
}
