using System.Diagnostics;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Events;

/// <summary>Turns a <see cref="VrrpEffectKind.Transition"/> effect into the event that is recorded.</summary>
public static class TransitionEvents
{
    /// <param name="node">Name of the node.</param>
    /// <param name="config">The instance's configuration.</param>
    /// <param name="before">State before the step.</param>
    /// <param name="after">State after the step.</param>
    /// <param name="transition">The effect.</param>
    /// <param name="now">The step's time.</param>
    public static ITransitionEvent From(
        string node, VrrpConfig config, in VrrpState before, in VrrpState after, in VrrpEffect transition, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(config);
        return transition.To switch
        {
            VrrpPhase.Master => new InstanceBecameMaster(
                node, config.Instance, config.Vrid, transition.From, transition.Reason, after.Priority, now,
                before.Master, before.MasterPriority, NullIfNever(before.LastHeard), transition.From == VrrpPhase.Backup ? NullIfNever(before.Deadline) : null),
            VrrpPhase.Backup => new InstanceBecameBackup(
                node, config.Instance, config.Vrid, transition.From, transition.Reason, after.Priority, now,
                transition.Cause.Source, transition.Cause.Priority),
            VrrpPhase.Fault => new InstanceEnteredFault(
                node, config.Instance, config.Vrid, transition.From, transition.Reason, after.Priority, now, after.Faults),
            VrrpPhase.Initialize => new InstanceStopped(
                node, config.Instance, config.Vrid, transition.From, transition.Reason, before.Priority, now),
            _ => throw new UnreachableException($"no such phase: {transition.To}"),
        };
    }

    private static TimeSpan? NullIfNever(TimeSpan time) => time == VrrpState.Never ? null : time;
}
