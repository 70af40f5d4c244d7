using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>How a mastership ended.</summary>
public enum MastershipEnd : byte
{
    /// <summary>It has not, as far as is known.</summary>
    None,

    /// <summary>The daemon stopped in good order and resigned.</summary>
    Stopped,

    /// <summary>A fault was detected.</summary>
    Fault,

    /// <summary>It gave way to another Master.</summary>
    Yielded,

    /// <summary>The node was started again without having said that it stopped: it was killed, or its host was, after its last word.</summary>
    Died,
}

/// <summary>A stretch of time in which a node was Master, on the control plane's clock.</summary>
/// <param name="From">Became Master.</param>
/// <param name="To">Left it; of a node that died its last word. Null: still is, as far as it has said.</param>
/// <param name="Reason">Why it became Master.</param>
/// <param name="LastHeard">Backup only: when it had heard the Master before it last; null: none heard.</param>
/// <param name="LastMaster">That Master's address.</param>
/// <param name="Opened">Record that says that it became Master.</param>
/// <param name="Closed">Record that says that it no longer is.</param>
/// <param name="Detail">What ended it: the fault, the peer.</param>
public sealed record Mastership(
    string Node, string Instance, DateTimeOffset From, DateTimeOffset? To, TransitionReason Reason, DateTimeOffset? LastHeard,
    RouterAddress LastMaster, string Opened, MastershipEnd End = MastershipEnd.None, string? Closed = null, string? Detail = null);
