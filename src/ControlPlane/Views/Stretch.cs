namespace Keepalived.Es.ControlPlane.Views;

/// <summary>A stretch of time, by the control plane's clock.</summary>
public readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To)
{
    public TimeSpan Length => To - From;

    public DateTimeOffset Clamp(DateTimeOffset at) => at < From ? From : at > To ? To : at;
}
