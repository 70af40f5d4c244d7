using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Events;

/// <summary>What the transitions have in common.</summary>
public static class TransitionPhase
{
    /// <summary>The phase that the instance is in from here on; Initialize: it is stopped.</summary>
    public static VrrpPhase After(this ITransitionEvent transition) => transition switch
    {
        InstanceBecameMaster => VrrpPhase.Master,
        InstanceBecameBackup => VrrpPhase.Backup,
        InstanceEnteredFault => VrrpPhase.Fault,
        _ => VrrpPhase.Initialize,
    };
}
