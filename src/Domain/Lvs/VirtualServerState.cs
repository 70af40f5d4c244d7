using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Lvs;

/// <summary>All that is remembered of one virtual server.</summary>
/// <param name="Servers">In the order of its configuration.</param>
/// <param name="HasQuorum">Enough servers are alive.</param>
/// <param name="IsRunning">Between start and stop.</param>
public sealed record VirtualServerState(ImmutableArray<RealServerState> Servers, bool HasQuorum, bool IsRunning)
{
    /// <summary>Sum of the weights of the servers that are alive.</summary>
    public long LiveWeight
    {
        get
        {
            long sum = 0;
            foreach (ref readonly RealServerState server in Servers.AsSpan())
            {
                sum += server.IsAlive ? server.Weight : 0;
            }

            return sum;
        }
    }

    /// <summary>The sorry server has the connections.</summary>
    public bool IsSorry(VirtualServerSettings config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return IsRunning && !HasQuorum && config.SorryServer is not null;
    }

    /// <summary>When the first drained server is due to come back; <see cref="RealServerState.UntilFurtherNotice"/>: none.</summary>
    public TimeSpan NextDeadline
    {
        get
        {
            TimeSpan next = RealServerState.UntilFurtherNotice;
            foreach (ref readonly RealServerState server in Servers.AsSpan())
            {
                next = server.DrainedUntil is { } until && until < next ? until : next;
            }

            return next;
        }
    }
}
