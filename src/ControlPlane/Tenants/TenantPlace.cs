using System.Text.Json.Serialization;

namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>How a tenant stands to this database.</summary>
public enum TenantState
{
    /// <summary>It lives here.</summary>
    Here,

    /// <summary>It is being carried to another place: nothing of it is taken in.</summary>
    Leaving,

    /// <summary>It lives at another place; what is here is a copy.</summary>
    Moved,

    /// <summary>It is being carried here: nothing of it is taken in, and nothing of it is shown.</summary>
    Arriving,
}

/// <summary>Where a tenant lives.</summary>
/// <param name="Place">URL of the control plane where it lives, or is about to; of an arriving one where it comes from; null: here.</param>
/// <param name="Since">When the state began, by the database's clock.</param>
/// <param name="Move">The last move that it was in; null: none.</param>
/// <param name="Sealed">From here on not even the move writes anything of it; null: it does.</param>
/// <param name="Checked">Of an arriving one: all of it is here, and is the same; null: not yet.</param>
/// <param name="CopiedTo">Events up to this position were carried here; 0: none.</param>
public sealed record TenantPlace(
    string Site, TenantState State, string? Place, DateTimeOffset Since, Guid? Move = null, DateTimeOffset? Sealed = null, DateTimeOffset? Checked = null,
    long CopiedTo = 0)
{
    /// <summary>What is here of it is shown and asked for here.</summary>
    [JsonIgnore]
    public bool IsShown => State is TenantState.Here or TenantState.Leaving;

    /// <summary>The state in words, with the place.</summary>
    [JsonIgnore]
    public string Text => State switch
    {
        TenantState.Here => $"site '{Site}' lives here",
        TenantState.Leaving => $"site '{Site}' is leaving for {Place}, and nothing of it is taken in meanwhile",
        TenantState.Moved => $"site '{Site}' has moved to {Place}",
        _ => $"site '{Site}' is arriving from {Place}, and nothing of it is taken in before all is here",
    };

    /// <summary>One that was never in a move.</summary>
    public static TenantPlace Native(string site) => new(site, TenantState.Here, null, default);
}
