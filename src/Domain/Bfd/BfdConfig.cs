using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Bfd;

/// <summary>What one session runs with.</summary>
/// <param name="Discriminator">My Discriminator: not 0, and no other session's here; the shell draws it at random (RFC 5880 section 6.8.1).</param>
/// <param name="MinimumTransmit">Desired Min TX Interval while Up.</param>
/// <param name="MinimumReceive">Required Min RX Interval.</param>
/// <param name="IdleTransmit">Desired Min TX Interval while not Up, at least 1 s (section 6.8.3).</param>
/// <param name="DetectMultiplier">1 to 255.</param>
/// <param name="Passive">Sends nothing before the neighbor is heard (section 6.1).</param>
public sealed record BfdConfig(
    uint Discriminator, TimeSpan MinimumTransmit, TimeSpan MinimumReceive, TimeSpan IdleTransmit, byte DetectMultiplier, bool Passive)
{
    private static readonly TimeSpan IdleMinimum = TimeSpan.FromSeconds(1);

    public static BfdConfig From(BfdInstanceSettings settings, uint discriminator)
    {
        ArgumentNullException.ThrowIfNull(settings);
        TimeSpan idle = settings.IdleTransmit < IdleMinimum ? IdleMinimum : settings.IdleTransmit;
        return new BfdConfig(discriminator, settings.MinimumTransmit, settings.MinimumReceive, idle, settings.Multiplier, settings.Passive);
    }
}
