using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Simulation;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>A member of the virtual router in the recorded world.</summary>
/// <param name="Config">In force at the world's zero, or with which it first started.</param>
public sealed record WorldMember(string Node, string Instance, VrrpConfig Config, RouterAddress Source);

/// <summary>A transition on record or of a run, on the world's clock.</summary>
/// <param name="At">From <see cref="RecordedWorld.Zero"/>.</param>
public sealed record MemberTransition(TimeSpan At, string Node, string Instance, VrrpPhase To, TransitionReason Reason);

/// <summary>What the records of an incident say of its world: machines, kills, stops, faults, cuts and priorities. Pure.</summary>
/// <param name="Zero">The world's zero on the control plane's clock.</param>
/// <param name="Length">From zero to the end of what is on record.</param>
/// <param name="Routers">One for each of <paramref name="Members"/>, in its order.</param>
/// <param name="Recorded">Transitions on record.</param>
/// <param name="Known">Which inputs are on record, in words.</param>
/// <param name="Assumed">Which had to be assumed, in words.</param>
public sealed record RecordedWorld(
    DateTimeOffset Zero, TimeSpan Length, IReadOnlyList<WorldMember> Members, IReadOnlyList<WorldRouter> Routers, IReadOnlyList<WorldEvent> Events,
    IReadOnlyList<MemberTransition> Recorded, IReadOnlyList<string> Known, IReadOnlyList<string> Assumed)
{
    /// <summary>From sender to receiver on a LAN, unless something else is asked for.</summary>
    public static readonly TimeSpan LanDelay = TimeSpan.FromMilliseconds(0.3);

    /// <summary>Builds the world of an incident.</summary>
    /// <returns>Null: it is not about a virtual router, or no configuration of one is on record.</returns>
    public static RecordedWorld? Of(IncidentBundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        RecordedEvent[] all = [.. bundle.Before, .. bundle.Events];
        if (!bundle.Incident.Subject.StartsWith("VRID ", StringComparison.Ordinal) || !byte.TryParse(bundle.Incident.Subject.AsSpan(5), out byte vrid))
        {
            return null;
        }

        WorldMember[] members =
        [
            .. all.Select(e => e.Event).OfType<InstanceConfigured>()
                .Where(e => e.Config.Vrid == vrid && e.VirtualAddresses.Any(address => IsOf(bundle.Incident, address)))
                .GroupBy(e => (e.Node, e.Instance)).Select(group => group.First())
                .Select(e => new WorldMember(e.Node, e.Instance, e.Config with { InSyncGroup = false }, e.Source))
                .OrderBy(member => member.Node, StringComparer.Ordinal).ThenBy(member => member.Instance, StringComparer.Ordinal),
        ];
        return members.Length == 0 ? null : new WorldBuilder(bundle, members).Build();
    }

    private static bool IsOf(IncidentView incident, string address) =>
        incident.Facts.Addresses.Any(known => address == known || address.StartsWith(known + " ", StringComparison.Ordinal));
}
