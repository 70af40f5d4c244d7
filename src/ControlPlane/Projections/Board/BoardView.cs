using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>How a member of a virtual router stands, as far as we know.</summary>
public enum MemberPhase
{
    Unknown,
    Stopped,
    Initialize,
    Backup,
    Master,
    Fault,
}

public enum RouterVerdict
{
    /// <summary>Exactly one node is Master, and none is unknown.</summary>
    OneMaster,

    /// <summary>One node is Master; others are silent and may be too.</summary>
    OneMasterKnown,

    /// <summary>More than one node says that it is Master.</summary>
    SeveralMasters,

    /// <summary>No node is Master.</summary>
    NoMaster,

    /// <summary>No node is known to be Master, and at least one is silent.</summary>
    Unknown,
}

/// <summary>One node's instance of a virtual router.</summary>
/// <param name="Phase"><see cref="MemberPhase.Unknown"/> while the node is silent: never Backup by default.</param>
/// <param name="LastSaid">What it said last; differs from <paramref name="Phase"/> only while it is silent.</param>
/// <param name="Since">When what it said last began.</param>
/// <param name="Word">Position of the event on whose word this stands.</param>
/// <param name="LastContact">When the node was last in contact; null if never.</param>
public sealed record BoardMember(
    string Node, string Instance, string Interface, MemberPhase Phase, MemberPhase LastSaid, DateTimeOffset Since, TransitionReason Reason,
    byte Priority, string? Peer, long Word, DateTimeOffset? LastContact);

/// <summary>One virtual router of a site: the instances with the same VRID, family and virtual addresses.</summary>
public sealed record BoardRouter(
    string Site, byte Vrid, string Family, IReadOnlyList<string> Addresses, RouterVerdict Verdict, IReadOnlyList<string> Masters,
    IReadOnlyList<BoardMember> Members);

/// <summary>A node on the board.</summary>
/// <param name="Silent">No contact for longer than the threshold, and it did not stop in good order.</param>
public sealed record BoardNode(string Site, string Node, bool Stopped, bool Silent, DateTimeOffset Since, DateTimeOffset? LastContact,
    int Instances);

/// <summary>A virtual server of a node.</summary>
/// <param name="Silent">The node is silent: what is shown is what it said last.</param>
public sealed record BoardService(string Site, string Node, bool Silent, ServiceState State);

/// <summary>Who is Master of what, and which servers are behind it.</summary>
/// <param name="AsOf">The moment that the board shows.</param>
/// <param name="Position">Last event in it.</param>
public sealed record BoardView(
    DateTimeOffset AsOf, long Position, IReadOnlyList<BoardRouter> Routers, IReadOnlyList<BoardNode> Nodes, IReadOnlyList<BoardService> Services)
{
    /// <summary>How far the projections are; null for a past moment.</summary>
    public IReadOnlyList<ProjectionStatus>? Projections { get; init; }
}

/// <summary>How a node's silence is judged.</summary>
/// <param name="LastContact">When it was last in contact, at or before the moment shown.</param>
/// <param name="Heard">It was in contact within the threshold, or has accounted for the moment since.</param>
public sealed record NodeContact(string Tenant, string Node, DateTimeOffset? LastContact, bool Heard);
