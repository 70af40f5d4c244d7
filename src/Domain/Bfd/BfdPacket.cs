namespace Keepalived.Es.Domain.Bfd;

/// <summary>A BFD Control packet without authentication (RFC 5880 section 4.1).</summary>
/// <param name="Diagnostic">Why the sender's session left Up last.</param>
/// <param name="Poll">The sender wants an answer with Final.</param>
/// <param name="Final">An answer to Poll.</param>
/// <param name="Demand">The sender wants no periodic packets while both are Up.</param>
/// <param name="DetectMultiplier">1 to 255.</param>
/// <param name="MyDiscriminator">The sender's, not 0.</param>
/// <param name="YourDiscriminator">The receiver's as far as the sender knows it; 0: it does not.</param>
/// <param name="DesiredMinimumTransmit">Microseconds.</param>
/// <param name="RequiredMinimumReceive">Microseconds; 0: the sender wants no periodic packets.</param>
public readonly record struct BfdPacket(
    BfdSessionState State,
    BfdDiagnostic Diagnostic,
    bool Poll,
    bool Final,
    bool Demand,
    byte DetectMultiplier,
    uint MyDiscriminator,
    uint YourDiscriminator,
    uint DesiredMinimumTransmit,
    uint RequiredMinimumReceive);
