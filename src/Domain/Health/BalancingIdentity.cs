using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Health;

/// <summary>Whether a virtual server is the same after a reload: everything that it was configured with, except the places in the file.</summary>
public static class BalancingIdentity
{
    /// <returns>True: they are the same. False also where that is not certain, at the price of work.</returns>
    public static bool IsSame(VirtualServerSettings before, VirtualServerSettings after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        if (ReferenceEquals(before, after))
        {
            return true;
        }

        // Compared one by one is what has a place or is an array; a property that comes to the record later is compared by the record itself.
        bool isSame = after == before with
        {
            Span = after.Span,
            Services = after.Services,
            MarkedAddresses = after.MarkedAddresses,
            RealServers = after.RealServers,
            SorryServer = after.SorryServer,
            QuorumUp = after.QuorumUp,
            QuorumDown = after.QuorumDown,
        };
        return isSame
            && before.Services.SequenceEqual(after.Services)
            && before.MarkedAddresses.SequenceEqual(after.MarkedAddresses)
            && (before.SorryServer is { } sorry ? after.SorryServer is { } other && sorry with { Span = other.Span } == other : after.SorryServer is null)
            && IsSame(before.QuorumUp, after.QuorumUp)
            && IsSame(before.QuorumDown, after.QuorumDown)
            && before.RealServers.SequenceEqual(after.RealServers, RealServerComparer.Instance);
    }

    private static bool IsSame(RealServerSettings before, RealServerSettings after) =>
        ReferenceEquals(before, after)
        || (after == before with { Span = after.Span, NotifyUp = after.NotifyUp, NotifyDown = after.NotifyDown, Checks = after.Checks }
            && IsSame(before.NotifyUp, after.NotifyUp)
            && IsSame(before.NotifyDown, after.NotifyDown)
            && before.Checks.SequenceEqual(after.Checks, CheckComparer.Instance));

    private static bool IsSame(ScriptCommand? before, ScriptCommand? after) =>
        ReferenceEquals(before, after)
        || (before is not null && after is not null
            && after == before with { Span = after.Span, Command = after.Command }
            && before.Command.SequenceEqual(after.Command));

    private sealed class RealServerComparer : IEqualityComparer<RealServerSettings>
    {
        internal static readonly RealServerComparer Instance = new();

        public bool Equals(RealServerSettings? x, RealServerSettings? y) => IsSame(x!, y!);

        public int GetHashCode(RealServerSettings obj) => obj.Key.GetHashCode();
    }

    private sealed class CheckComparer : IEqualityComparer<CheckSettings>
    {
        internal static readonly CheckComparer Instance = new();

        public bool Equals(CheckSettings? x, CheckSettings? y) => x! with { Span = y!.Span } == y || CheckIdentity.Of(x) == CheckIdentity.Of(y);

        public int GetHashCode(CheckSettings obj) => obj.Timing.GetHashCode();
    }
}
