namespace Keepalived.Es.Domain.Bfd;

/// <summary>All that a session remembers (RFC 5880 section 6.8.1). Times are monotonic since boot.</summary>
public readonly record struct BfdState
{
    /// <summary>A deadline that is not set.</summary>
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    /// <summary>As <see cref="BfdInputKind.Start"/> finds it. A Remote Min RX of 1 µs stands for "not known yet".</summary>
    public static readonly BfdState Initial = new()
    {
        Session = BfdSessionState.Down,
        RemoteState = BfdSessionState.Down,
        RemoteMinimumReceive = TimeSpan.FromMicroseconds(1),
        NextTransmit = Never,
        DetectionDeadline = Never,
    };

    public BfdSessionState Session { get; init; }

    /// <summary>Why the session left Up last; <see cref="BfdDiagnostic.None"/>: it has not.</summary>
    public BfdDiagnostic Diagnostic { get; init; }

    public BfdSessionState RemoteState { get; init; }

    public BfdDiagnostic RemoteDiagnostic { get; init; }

    /// <summary>0: the neighbor is not heard.</summary>
    public uint RemoteDiscriminator { get; init; }

    /// <summary>The neighbor's Required Min RX Interval; zero: it wants no periodic packets.</summary>
    public TimeSpan RemoteMinimumReceive { get; init; }

    /// <summary>The neighbor wants no periodic packets while both are Up.</summary>
    public bool RemoteDemand { get; init; }

    /// <summary>A Poll Sequence is under way.</summary>
    public bool IsPolling { get; init; }

    /// <summary>Our own part of the transmit interval: what the neighbor is told, or less until it has confirmed a longer one (section 6.8.3).</summary>
    public TimeSpan DesiredTransmit { get; init; }

    /// <summary>After so long without a packet the neighbor is gone (section 6.8.4); zero: nothing was heard yet.</summary>
    public TimeSpan DetectionTime { get; init; }

    /// <summary>The last packet that was not an answer to Poll.</summary>
    public TimeSpan LastTransmit { get; init; }

    /// <summary>The next periodic packet.</summary>
    public TimeSpan NextTransmit { get; init; }

    public TimeSpan DetectionDeadline { get; init; }

    /// <summary>When <see cref="BfdInputKind.DeadlineReached"/> is due.</summary>
    public TimeSpan NextDeadline => NextTransmit < DetectionDeadline ? NextTransmit : DetectionDeadline;
}
