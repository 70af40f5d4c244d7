namespace Keepalived.Es.Domain.Bfd;

/// <summary>State of a session, with its number on the wire (RFC 5880 section 4.1, Sta).</summary>
public enum BfdSessionState : byte
{
    /// <summary>Switched off by an operator. A neighbor's AdminDown takes a session down.</summary>
    AdminDown = 0,

    Down = 1,

    /// <summary>The neighbor is heard and does not know yet that it is.</summary>
    Init = 2,

    Up = 3,
}
