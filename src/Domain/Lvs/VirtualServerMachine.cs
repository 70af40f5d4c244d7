using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Lvs;

/// <summary>
/// A virtual server: which real servers are alive, quorum with hysteresis, sorry server, weights (keepalived.conf(5)). What the kernel is told follows from
/// <see cref="PoolMember"/> before and after. Pure.
/// </summary>
public static class VirtualServerMachine
{
    /// <summary>The state before <see cref="VirtualServerInputKind.Start"/>: checks with <c>alpha</c> count as failed.</summary>
    public static VirtualServerState Initial(VirtualServerSettings config)
    {
        ArgumentNullException.ThrowIfNull(config);
        ImmutableArray<RealServerState> servers =
            [.. config.RealServers.Select(server => new RealServerState(server.Checks.Count(check => check.Alpha), server.Weight))];
        return new VirtualServerState(servers, HasQuorum: false, IsRunning: false);
    }

    /// <summary>Advances one virtual server by one input. Pure: equal arguments give equal results and equal effects.</summary>
    /// <param name="config">The virtual server.</param>
    /// <param name="state">The state before.</param>
    /// <param name="input">What happened.</param>
    /// <param name="now">Monotonic time since boot.</param>
    /// <param name="effects">Effects are added here, in the order in which they are to be executed.</param>
    public static VirtualServerState Step(
        VirtualServerSettings config, VirtualServerState state, in VirtualServerInput input, TimeSpan now, ICollection<VirtualServerEffect> effects)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(effects);
        switch (input.Kind)
        {
            case VirtualServerInputKind.Start when !state.IsRunning:
                return Start(config, state, effects);
            case VirtualServerInputKind.Stop when state.IsRunning:
                return Stop(config, state, effects);
            case VirtualServerInputKind.DeadlineReached:
                return EndDrains(config, state, now, effects);
            case VirtualServerInputKind.Reconsidered when state.IsRunning:
                return JudgeQuorum(config, state, effects);
            case VirtualServerInputKind.Start or VirtualServerInputKind.Stop or VirtualServerInputKind.Reconsidered:
                return state;
            case VirtualServerInputKind.CheckStayedDown:
                return Confirm(state, input.Server, effects);
            default:
                return Change(config, state, input.Server, Changed(state.Servers[input.Server], in input), effects);
        }
    }

    private static RealServerState Changed(RealServerState server, in VirtualServerInput input) => input.Kind switch
    {
        VirtualServerInputKind.CheckWentDown => server with { FailedChecks = server.FailedChecks + 1 },
        VirtualServerInputKind.CheckWentUp => server with { FailedChecks = Math.Max(0, server.FailedChecks - 1) },
        VirtualServerInputKind.WeightAsked => server with { BaseWeight = (int)Math.Clamp(input.Value, 0, RealServerState.WeightMaximum) },
        VirtualServerInputKind.FilesChanged => server with { AddedWeight = input.Value, FailedFiles = input.Failed },
        VirtualServerInputKind.Drained => server with { DrainedUntil = input.Until },
        VirtualServerInputKind.Undrained => server with { DrainedUntil = null },
        _ => server,
    };

    private static VirtualServerState Start(VirtualServerSettings config, VirtualServerState state, ICollection<VirtualServerEffect> effects)
    {
        effects.Add(new VirtualServerEffect(VirtualServerEffectKind.AddServices));
        bool enough = state.LiveWeight >= config.Quorum + config.Hysteresis;
        VirtualServerState after = state with { IsRunning = true, HasQuorum = enough };
        TellKernel(config, state, after, effects);
        effects.Add(new VirtualServerEffect(enough ? VirtualServerEffectKind.QuorumGained : VirtualServerEffectKind.QuorumLost));
        return after;
    }

    private static VirtualServerState Stop(VirtualServerSettings config, VirtualServerState state, ICollection<VirtualServerEffect> effects)
    {
        VirtualServerState after = state with { IsRunning = false };
        TellKernel(config, state, after, effects);
        effects.Add(new VirtualServerEffect(VirtualServerEffectKind.RemoveServices));
        if (!config.Omega)
        {
            return after;
        }

        for (int i = 0; i < state.Servers.Length; i++)
        {
            if (state.Servers[i].IsAlive)
            {
                effects.Add(new VirtualServerEffect(VirtualServerEffectKind.RealServerDown, i));
            }
        }

        if (state.HasQuorum)
        {
            effects.Add(new VirtualServerEffect(VirtualServerEffectKind.QuorumLost));
        }

        return after;
    }

    private static VirtualServerState Change(
        VirtualServerSettings config, VirtualServerState state, int server, RealServerState changed, ICollection<VirtualServerEffect> effects)
    {
        RealServerState before = state.Servers[server];
        if (before == changed)
        {
            return state;
        }

        changed = changed with { WasTold = before.WasTold || before.IsAlive != changed.IsAlive };
        VirtualServerState after = state with { Servers = state.Servers.SetItem(server, changed) };
        TellKernel(config, state, after, server, effects);
        if (before.Weight != changed.Weight)
        {
            effects.Add(new VirtualServerEffect(VirtualServerEffectKind.WeightChanged, server, changed.Weight, before.Weight));
        }

        if (before.DrainedUntil != changed.DrainedUntil)
        {
            effects.Add(new VirtualServerEffect(VirtualServerEffectKind.DrainChanged, server));
        }

        if (before.IsAlive != changed.IsAlive)
        {
            effects.Add(new VirtualServerEffect(changed.IsAlive ? VirtualServerEffectKind.RealServerUp : VirtualServerEffectKind.RealServerDown, server));
        }

        return state.IsRunning ? JudgeQuorum(config, after, effects) : after;
    }

    /// <summary>As keepalived does: a server that never was up is told to be down, once.</summary>
    private static VirtualServerState Confirm(VirtualServerState state, int server, ICollection<VirtualServerEffect> effects)
    {
        if (state.Servers[server] is { IsAlive: true } or { WasTold: true })
        {
            return state;
        }

        effects.Add(new VirtualServerEffect(VirtualServerEffectKind.RealServerDown, server));
        return state with { Servers = state.Servers.SetItem(server, state.Servers[server] with { WasTold = true }) };
    }

    private static VirtualServerState EndDrains(VirtualServerSettings config, VirtualServerState state, TimeSpan now, ICollection<VirtualServerEffect> effects)
    {
        for (int i = 0; i < state.Servers.Length; i++)
        {
            if (state.Servers[i].DrainedUntil is { } until && until <= now)
            {
                state = Change(config, state, i, state.Servers[i] with { DrainedUntil = null }, effects);
            }
        }

        return state;
    }

    /// <summary>Gained at quorum + hysteresis, lost below quorum - hysteresis, or when nothing is left.</summary>
    private static VirtualServerState JudgeQuorum(VirtualServerSettings config, VirtualServerState state, ICollection<VirtualServerEffect> effects)
    {
        long weight = state.LiveWeight;
        bool lost = state.HasQuorum && (weight == 0 || weight < config.Quorum - config.Hysteresis);
        bool gained = !state.HasQuorum && weight >= config.Quorum + config.Hysteresis;
        if (!lost && !gained)
        {
            return state;
        }

        VirtualServerState after = state with { HasQuorum = gained };
        TellKernel(config, state, after, effects);
        effects.Add(new VirtualServerEffect(gained ? VirtualServerEffectKind.QuorumGained : VirtualServerEffectKind.QuorumLost));
        return after;
    }

    /// <summary>What joins comes before what leaves, so that the pool is never empty in between.</summary>
    private static void TellKernel(VirtualServerSettings config, VirtualServerState before, VirtualServerState after, ICollection<VirtualServerEffect> effects)
    {
        int? was = PoolMember.OfSorry(config, before);
        int? shall = PoolMember.OfSorry(config, after);
        bool sorryFirst = (shall ?? -1) > (was ?? -1);
        if (sorryFirst)
        {
            Tell(was, shall, VirtualServerEffectKind.AddSorry, VirtualServerEffectKind.SetSorry, -1, effects);
        }

        for (int i = 0; i < after.Servers.Length; i++)
        {
            TellKernel(config, before, after, i, effects);
        }

        if (was is not null && shall is null)
        {
            effects.Add(new VirtualServerEffect(VirtualServerEffectKind.RemoveSorry));
        }
        else if (!sorryFirst)
        {
            Tell(was, shall, VirtualServerEffectKind.AddSorry, VirtualServerEffectKind.SetSorry, -1, effects);
        }
    }

    private static void TellKernel(
        VirtualServerSettings config, VirtualServerState before, VirtualServerState after, int server, ICollection<VirtualServerEffect> effects)
    {
        int? was = PoolMember.Of(config, before, server);
        int? shall = PoolMember.Of(config, after, server);
        Tell(was, shall, VirtualServerEffectKind.AddDestination, VirtualServerEffectKind.SetDestination, server, effects);
        if (was is not null && shall is null)
        {
            effects.Add(new VirtualServerEffect(VirtualServerEffectKind.RemoveDestination, server));
        }
    }

    /// <summary>Adds or sets; removing is the caller's.</summary>
    private static void Tell(
        int? was, int? shall, VirtualServerEffectKind add, VirtualServerEffectKind set, int server, ICollection<VirtualServerEffect> effects)
    {
        if (shall is not { } weight || was == weight)
        {
            return;
        }

        effects.Add(new VirtualServerEffect(was is null ? add : set, server, weight));
    }
}
