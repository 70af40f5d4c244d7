using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Lvs;

/// <summary>What the kernel's table shall hold of each destination, given a state: the one rule from which every change of it follows.</summary>
public static class PoolMember
{
    private const int SorryWeight = 1;

    /// <returns>Weight in the pool; null: not in it.</returns>
    public static int? Of(VirtualServerSettings config, VirtualServerState state, int server)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(state);
        RealServerState known = state.Servers[server];
        bool serves = known.IsAlive && !state.IsSorry(config);
        return !state.IsRunning ? null
            : serves ? (known.IsDrained ? 0 : known.Weight)
            : config.RealServers[server].InhibitOnFailure ? 0
            : null;
    }

    /// <returns>Weight of the sorry server; null: not in the pool.</returns>
    public static int? OfSorry(VirtualServerSettings config, VirtualServerState state)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(state);
        return config.SorryServer is not { } sorry || !state.IsRunning ? null
            : state.IsSorry(config) ? SorryWeight
            : sorry.Inhibit ? 0
            : null;
    }
}
