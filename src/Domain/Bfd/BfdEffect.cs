namespace Keepalived.Es.Domain.Bfd;

/// <summary>What a session wants done.</summary>
public enum BfdEffectKind : byte
{
    /// <summary>Send <see cref="BfdEffect.Packet"/> to the neighbor.</summary>
    Send,

    /// <summary>The session went from <see cref="BfdEffect.From"/> to <see cref="BfdEffect.To"/>.</summary>
    StateChanged,

    /// <summary>Nothing was heard for the detection time. <see cref="StateChanged"/> follows.</summary>
    DetectionExpired,

    /// <summary>The neighbor is asked to confirm new intervals.</summary>
    PollStarted,
}

/// <summary>One effect; fields of other kinds are default.</summary>
/// <param name="Diagnostic">Ours, with StateChanged.</param>
/// <param name="RemoteState">What the neighbor said last, with StateChanged.</param>
/// <param name="RemoteDiagnostic">What the neighbor said last, with StateChanged.</param>
/// <param name="DetectionTime">With DetectionExpired.</param>
/// <param name="Overdue">How late the expiry was looked at, with DetectionExpired.</param>
public readonly record struct BfdEffect(
    BfdEffectKind Kind,
    BfdPacket Packet = default,
    BfdSessionState From = default,
    BfdSessionState To = default,
    BfdDiagnostic Diagnostic = default,
    BfdSessionState RemoteState = default,
    BfdDiagnostic RemoteDiagnostic = default,
    TimeSpan DetectionTime = default,
    TimeSpan Overdue = default);
