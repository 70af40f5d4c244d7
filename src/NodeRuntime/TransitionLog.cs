using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime;

/// <summary>What the log says of a transition: first its cause, in keepalived's words where it has any, then the new state.</summary>
internal static class TransitionLog
{
    /// <param name="device">The instance's interface.</param>
    /// <param name="before">State before the step.</param>
    /// <param name="after">State after it.</param>
    internal static void Write(string node, VrrpConfig config, string device, in VrrpEffect effect, in VrrpState before, in VrrpState after)
    {
        WriteCause(config.Instance, in effect, in before);
        if (effect.To == VrrpPhase.Fault)
        {
            WriteFaults(config.Instance, device, after.Faults);
        }

        if (effect is { From: VrrpPhase.Master, To: VrrpPhase.Initialize or VrrpPhase.Fault })
        {
            Serilog.Log.Information("({Instance:l}) sent 0 priority", config.Instance);
        }

        if (effect.Reason == TransitionReason.Removed)
        {
            return;                                              // as in keepalived: it enters no state, it is gone
        }

        string state = effect.To == VrrpPhase.Initialize ? "STOP" : Word(effect.To);
        bool isFirst = effect.Reason == TransitionReason.Started || (effect.From == VrrpPhase.Initialize && effect.To == VrrpPhase.Fault);
        Serilog.Log
            .ForContext("Node", node)
            .ForContext("Vrid", config.Vrid)
            .ForContext("From", Word(effect.From))
            .ForContext("Reason", effect.Reason)
            .Information("({Instance:l}) Entering {To:l} STATE{Suffix:l}", config.Instance, state, isFirst ? " (init)" : "");
    }

    private static void WriteCause(string instance, in VrrpEffect effect, in VrrpState before)
    {
        string peer = effect.Cause.Source.ToString();
        switch (effect.Reason)
        {
            case TransitionReason.HigherPriorityAdvertisement:
                Serilog.Log.Information(
                    "({Instance:l}) Master received advert from {Peer:l} with higher priority {PeerPriority}, ours {Priority}",
                    instance, peer, effect.Cause.Priority, before.Priority);
                break;
            case TransitionReason.EqualPriorityHigherAddress:
                Serilog.Log.Information(
                    "({Instance:l}) Master received advert from {Peer:l} with same priority {PeerPriority} but higher IP address than ours",
                    instance, peer, effect.Cause.Priority);
                break;
            case TransitionReason.MasterDownTimerExpired:
                Serilog.Log.Information("({Instance:l}) Receive advertisement timeout, last master {Peer:l}", instance, before.Master.ToString());
                break;
            case TransitionReason.MasterResigned:
                Serilog.Log.Information("({Instance:l}) Backup received priority 0 advertisement from {Peer:l}", instance, before.Master.ToString());
                break;
            case TransitionReason.PreemptedLowerPriority:
                Serilog.Log.Information(
                    "({Instance:l}) received lower priority ({PeerPriority}) advert from {Peer:l} - discarding, ours {Priority}",
                    instance, before.MasterPriority, before.Master.ToString(), before.Priority);
                break;
        }
    }

    /// <summary>One line for each reason: what is missing, and the remedy.</summary>
    private static void WriteFaults(string instance, string device, FaultReasons faults)
    {
        foreach (FaultReasons reason in Enum.GetValues<FaultReasons>())
        {
            if (reason != FaultReasons.None && (faults & reason) != 0)
            {
                (string what, string remedy) = Explain(reason, device);
                Serilog.Log.Warning("({Instance:l}): entering FAULT state ({Problem:l}); {Remedy:l}", instance, what, remedy);
            }
        }
    }

    private static (string What, string Remedy) Explain(FaultReasons reason, string device) => reason switch
    {
        FaultReasons.InterfaceDown => ($"interface {device} down", $"plug it in, or: ip link set {device} up"),
        FaultReasons.InterfaceMissing => ($"there is no interface {device}", "waiting for it; correct 'interface', or create it"),
        FaultReasons.NoSourceAddress => ($"no IPv4 address to send from on interface {device}", $"waiting for one: ip address add ... dev {device}, or correct 'mcast_src_ip'"),
        FaultReasons.SyncGroup => ("another member of its sync group is in FAULT", "see that member"),
        FaultReasons.NoPeer => ("unicast_fault_no_peer, and unicast_peer is empty", "name the peers"),
        FaultReasons.Tracker => ("something tracked failed", "see the tracker"),
        _ => ("a broken invariant of our own", "please report it with the log"),
    };

    private static string Word(VrrpPhase phase) =>
        phase switch { VrrpPhase.Master => "MASTER", VrrpPhase.Backup => "BACKUP", VrrpPhase.Fault => "FAULT", _ => "INIT" };
}
