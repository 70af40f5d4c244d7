using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>The configuration that a node ran with.</summary>
/// <param name="Since">By the node's clock.</param>
/// <param name="Text">Secrets masked; null: not asked for.</param>
public sealed record ConfigurationInForce(string Path, string Sha256, DateTimeOffset Since, IReadOnlyList<string> Warnings, string? Text);

/// <summary>One instance of the node.</summary>
/// <param name="Phase"><see cref="MemberPhase.Unknown"/> while the node is silent.</param>
/// <param name="Since">When it said so last, by the node's clock.</param>
/// <param name="Word">Position of the event on whose word this stands.</param>
public sealed record SheetInstance(
    string Instance, byte Vrid, string Interface, IReadOnlyList<string> Addresses, MemberPhase Phase, MemberPhase LastSaid, DateTimeOffset Since, byte Priority,
    Domain.Vrrp.TransitionReason Reason, long Word);

/// <summary>All that is known of one node at one moment. A pure fold.</summary>
/// <param name="Stopped">Its daemon ended in good order; <paramref name="StopSignal"/> says by what.</param>
/// <param name="Silent">It was not in contact, and had not stopped in good order.</param>
/// <param name="Since">When it started or stopped last, by its clock.</param>
/// <param name="Boot">Id of this start of its daemon.</param>
/// <param name="Configuration">Null: none on record.</param>
/// <param name="Clock">Null: never measured.</param>
/// <param name="LastContact">Null: never.</param>
public sealed record NodeSheet(
    string Site, string Node, DateTimeOffset AsOf, bool Stopped, string? StopSignal, bool Silent, DateTimeOffset? Since, string? Boot, string? Version, string? KernelBoot,
    int? ProcessId, ConfigurationInForce? Configuration, IReadOnlyList<SheetInstance> Instances, IReadOnlyList<ServiceState> Services, ClockBound? Clock,
    DateTimeOffset? LastContact)
{
    /// <param name="life">The node's last start, stop and configuration up to the moment.</param>
    public static NodeSheet Of(NodeState state, NodeContact contact, IReadOnlyList<RecordedEvent> life, ClockBound? clock, DateTimeOffset asOf, bool withText)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(contact);
        bool said = state.Position > 0;
        bool silent = said && !state.Stopped && !contact.Heard;
        NodeStarted? started = life.Select(e => e.Event).OfType<NodeStarted>().LastOrDefault();
        RecordedEvent? loaded = life.LastOrDefault(e => e.Event is ConfigurationLoaded);
        return new NodeSheet(
            state.Tenant, state.Node, asOf, state.Stopped,
            state.Stopped ? life.Select(e => e.Event).OfType<NodeStopped>().LastOrDefault()?.Signal : null, silent, said ? state.Since : null, state.Boot,
            started?.Version, started?.KernelBoot, started?.ProcessId,
            loaded is { Event: ConfigurationLoaded c }
                ? new ConfigurationInForce(c.Path, c.Sha256, loaded.Time, c.Warnings, withText ? c.Text : null)
                : null,
            [
                .. state.Instances.Values.Select(i => new SheetInstance(
                    i.Instance, i.Vrid, i.Interface, i.Addresses, silent ? MemberPhase.Unknown : BoardComposer.Said(i), BoardComposer.Said(i), i.Since, i.Priority,
                    i.Reason, i.Position)),
            ],
            [.. state.Services.Values], clock, contact.LastContact);
    }
}
