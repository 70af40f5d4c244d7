namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>A step of a move is not possible now; nothing was changed.</summary>
/// <param name="isMissing">The tenant is unknown here.</param>
/// <param name="isSoon">It will be possible soon: ask again.</param>
public sealed class MoveRefusedException(string message, bool isMissing = false, bool isSoon = false) : Exception(message)
{
    public bool IsMissing { get; } = isMissing;

    public bool IsSoon { get; } = isSoon;
}
