using System.Collections.Immutable;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>What one instance of one node last said of itself.</summary>
/// <param name="Since">When its phase began, by the node's clock.</param>
/// <param name="Position">Event on whose word it stands.</param>
/// <param name="Stopped">The daemon stopped it, or has been started again since and has not said more.</param>
public sealed record InstanceState(
    string Instance, byte Vrid, string Interface, string Source, ImmutableList<string> Addresses, VrrpPhase Phase, bool Stopped,
    DateTimeOffset Since, TransitionReason Reason, byte Priority, string? Peer, long Position)
{
    /// <summary><c>IPv4</c>, <c>IPv6</c>, or empty while the addresses are unknown.</summary>
    public string Family => Addresses.IsEmpty ? "" : Addresses[0].Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";
}

/// <summary>What one node last said of itself. A pure fold over its events.</summary>
/// <param name="Position">Last event that was folded in.</param>
/// <param name="Stopped">The daemon ended in good order.</param>
public sealed record NodeState(
    string Tenant, string Node, long Position, bool Stopped, DateTimeOffset Since, string? Boot,
    ImmutableSortedDictionary<string, InstanceState> Instances)
{
    /// <summary>Virtual servers by their names.</summary>
    public ImmutableSortedDictionary<string, ServiceState> Services { get; init; } = NoServices;

    /// <summary>The latest of the events that changed it, by the node's clock.</summary>
    public DateTimeOffset LatestWall { get; init; }

    /// <summary>Events that changed it since it was kept for past boards.</summary>
    public int Unkept { get; init; }

    private static readonly ImmutableSortedDictionary<string, ServiceState> NoServices =
        ImmutableSortedDictionary.Create<string, ServiceState>(StringComparer.Ordinal);

    public static NodeState Empty(string tenant, string node) =>
        new(tenant, node, 0, false, default, null, ImmutableSortedDictionary.Create<string, InstanceState>(StringComparer.Ordinal));

    /// <summary>Folds one event. Total: an unknown event only moves the position. Idempotent: a repeat changes nothing.</summary>
    public NodeState Apply(RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        if (recorded.Position <= Position)
        {
            return this;
        }

        NodeState folded = Fold(recorded);
        return ReferenceEquals(folded, this)
            ? this with { Position = recorded.Position }
            : folded with
            {
                Position = recorded.Position,
                LatestWall = recorded.Time > LatestWall ? recorded.Time : LatestWall,
                Unkept = Unkept + 1,
            };
    }

    private NodeState Fold(RecordedEvent recorded) => recorded.Event switch
    {
        NodeStarted => this with
        {
            Stopped = false,
            Since = recorded.Time,
            Boot = recorded.Origin?.Boot,
            Instances = AllStopped(recorded),
            Services = NoServices,
        },
        NodeStopped => this with { Stopped = true, Since = recorded.Time, Instances = AllStopped(recorded), Services = NoServices },
        InstanceConfigured e => Renamed(e).Configured(e, recorded),
        ITransitionEvent e => With(Moved(Known(e, recorded), e, recorded)),
        PriorityChanged e => With(Known(e, recorded) with { Priority = e.To }),
        VirtualServerConfigured e => this with { Services = Services.SetItem(e.Service, ServiceState.Of(e, recorded)) },
        VirtualServerRemoved e => this with { Services = Services.Remove(e.Service) },
        IHealthEvent e when Services.TryGetValue(e.Service, out ServiceState? service) =>
            this with { Services = Services.SetItem(e.Service, service.Apply(e, recorded)) },
        _ => this,
    };

    private NodeState Configured(InstanceConfigured e, RecordedEvent recorded)
    {
        InstanceState known = Known(e, recorded);
        return With(known with
        {
            Vrid = e.Config.Vrid,
            Interface = e.Interface,
            Source = e.Source.ToString(),
            Addresses = [.. e.VirtualAddresses],
            Priority = e.Phase is null || known.Priority == 0 ? e.Config.Priority : known.Priority,     // what a reload changes of it is told next
            Phase = e.Phase ?? known.Phase,
        });
    }

    /// <summary>An instance that a reload gave another name is still the same.</summary>
    private NodeState Renamed(InstanceConfigured e) => e.Former is { } former && Instances.TryGetValue(former, out InstanceState? known)
        ? this with { Instances = Instances.Remove(former).SetItem(e.Instance, known with { Instance = e.Instance }) }
        : this;

    private NodeState With(InstanceState instance) => this with { Instances = Instances.SetItem(instance.Instance, instance) };

    private InstanceState Known(IInstanceEvent e, RecordedEvent recorded) =>
        Instances.GetValueOrDefault(e.Instance)
        ?? new InstanceState(e.Instance, 0, "", "", [], VrrpPhase.Initialize, false, recorded.Time, TransitionReason.None, 0, null,
            recorded.Position);

    private static InstanceState Moved(InstanceState before, ITransitionEvent e, RecordedEvent recorded) => before with
    {
        Vrid = e.Vrid,
        Phase = e switch
        {
            InstanceBecameMaster => VrrpPhase.Master,
            InstanceBecameBackup => VrrpPhase.Backup,
            InstanceEnteredFault => VrrpPhase.Fault,
            _ => VrrpPhase.Initialize,
        },
        Stopped = e is InstanceStopped,
        Since = recorded.Time,
        Reason = e.Reason,
        Priority = e.Priority,
        Peer = e is InstanceBecameBackup { Peer: var peer } && peer != RouterAddress.None ? peer.ToString() : null,
        Position = recorded.Position,
    };

    private ImmutableSortedDictionary<string, InstanceState> AllStopped(RecordedEvent recorded) =>
        Instances.SetItems(Instances.Where(pair => !pair.Value.Stopped).Select(pair => KeyValuePair.Create(
            pair.Key,
            pair.Value with
            {
                Phase = VrrpPhase.Initialize,
                Stopped = true,
                Since = recorded.Time,
                Reason = TransitionReason.Shutdown,
                Peer = null,
                Position = recorded.Position,
            })));
}
