namespace Keepalived.Es.Domain.Bfd;

/// <summary>What can happen to a session.</summary>
public enum BfdInputKind : byte
{
    Start,

    /// <summary><see cref="BfdState.NextDeadline"/> has come.</summary>
    DeadlineReached,

    /// <summary>A packet for this session, decoded, its TTL in order.</summary>
    PacketReceived,

    /// <summary>The operator, or the stop of the daemon, takes the session out of service.</summary>
    Disabled,
}

/// <summary>One input of a session.</summary>
/// <param name="Draw">A random number from 0 up to 1, not included: the jitter of the next interval (RFC 5880 section 6.8.7).</param>
/// <param name="Packet">With <see cref="BfdInputKind.PacketReceived"/>.</param>
public readonly record struct BfdInput(BfdInputKind Kind, double Draw, BfdPacket Packet = default);
