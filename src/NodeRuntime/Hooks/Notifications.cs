using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Vrrp;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>Says what scripts, FIFOs and mail are told of a transition.</summary>
/// <param name="global">For the user that scripts run as.</param>
internal sealed class Notifications(GlobalSettings global)
{
    private volatile GlobalSettings _global = global;

    /// <summary>A reload: the user that scripts run as from here on.</summary>
    internal void Use(GlobalSettings global) => _global = global;

    internal StateNotification OfInstance(InstanceRuntime instance, in VrrpEffect transition) => new()
    {
        Kind = "INSTANCE",
        Name = instance.Name,
        From = StateOf(transition.From),
        State = StateOf(instance, in transition),
        Reason = transition.Reason.ToString(),
        Priority = instance.State.Priority,
        VirtualAddresses = instance.AddressTexts,
        Peers = instance.PeerTexts,
        Scripts = Scripts(instance.Settings.Notify, "INSTANCE", instance.Name, StateOf(instance, in transition), instance.State.Priority),
        SmtpAlert = instance.Settings.SmtpAlert,
        Transition = instance.TransitionToken,
    };

    /// <summary>A sync group; its priority is always given as 0.</summary>
    internal StateNotification OfGroup(SyncGroupRuntime group, VrrpPhase from, VrrpPhase to) => new()
    {
        Kind = "GROUP",
        Name = group.Settings.Name,
        From = StateOf(from),
        State = StateOf(to),
        Reason = nameof(TransitionReason.SyncGroup),
        Priority = 0,
        Scripts = Scripts(group.Settings.Notify, "GROUP", group.Settings.Name, StateOf(to), priority: 0),
        SmtpAlert = group.Settings.SmtpAlert,
        Transition = group.Members[0].TransitionToken,
    };

    /// <summary>A Master heard one of lower priority.</summary>
    internal StateNotification OfLowerPriority(InstanceRuntime instance)
    {
        ImmutableArray<HookScript> scripts = instance.Settings.Notify.MasterReceivedLowerPriority is { } script
            ? [Script("notify_master_rx_lower_pri", script)]
            : [];
        return Untransitioned(instance, "MASTER_RX_LOWER_PRI", "LowerPriorityHeard") with { Scripts = scripts };
    }

    /// <summary>For the FIFOs alone.</summary>
    internal static StateNotification OfPriority(InstanceRuntime instance) =>
        Untransitioned(instance, StateOf(instance.State.Phase) + "_PRIORITY", "PriorityChanged");

    /// <summary>For the FIFOs alone: the state once more, after a reload.</summary>
    internal static StateNotification OfInstanceState(InstanceRuntime instance) => Untransitioned(instance, StateOf(instance.State.Phase), "Reloaded");

    /// <inheritdoc cref="OfInstanceState"/>
    internal static StateNotification OfGroupState(SyncGroupRuntime group) => new()
    {
        Kind = "GROUP",
        Name = group.Settings.Name,
        From = StateOf(group.NotifiedPhase),
        State = StateOf(group.NotifiedPhase),
        Reason = "Reloaded",
        Priority = 0,
        Transition = group.Members[0].TransitionToken,
    };

    internal HookScript Script(string keyword, ScriptCommand script, params ReadOnlySpan<string> more)
    {
        GlobalSettings settings = _global;
        return script.User is null
            ? new HookScript(keyword, [.. script.Command, .. more], settings.ScriptUser, settings.ScriptGroup)
            : new HookScript(keyword, [.. script.Command, .. more], script.User, script.Group);
    }

    private static StateNotification Untransitioned(InstanceRuntime instance, string state, string reason) => new()
    {
        Kind = "INSTANCE",
        Name = instance.Name,
        From = StateOf(instance.State.Phase),
        State = state,
        Reason = reason,
        Priority = instance.State.Priority,
        VirtualAddresses = instance.AddressTexts,
        Peers = instance.PeerTexts,
        Transition = instance.TransitionToken,
    };

    /// <summary>The specific script first, then <c>notify</c>, which is given four words more.</summary>
    private ImmutableArray<HookScript> Scripts(NotifyScripts scripts, string kind, string name, string state, byte priority)
    {
        (string keyword, ScriptCommand? specific) = state switch
        {
            "MASTER" => ("notify_master", scripts.Master),
            "BACKUP" => ("notify_backup", scripts.Backup),
            "FAULT" => ("notify_fault", scripts.Fault),
            "DELETED" => ("notify_deleted", scripts.Deleted),
            _ => ("notify_stop", scripts.Stop),
        };
        ImmutableArray<HookScript>.Builder list = ImmutableArray.CreateBuilder<HookScript>(2);
        if (specific is not null)
        {
            list.Add(Script(keyword, specific));
        }

        if (scripts.Any is { } any)
        {
            list.Add(Script("notify", any, kind, name, state, $"{priority}"));
        }

        return list.ToImmutable();
    }

    /// <summary>An instance that a reload removes is told of as in FAULT, unless it says <c>notify_deleted</c> (keepalived.conf(5)).</summary>
    private static string StateOf(InstanceRuntime instance, in VrrpEffect transition) =>
        transition.Reason != TransitionReason.Removed ? StateOf(transition.To) : instance.Settings.Notify.TellsDeleted ? "DELETED" : "FAULT";

    private static string StateOf(VrrpPhase phase) => phase switch
    {
        VrrpPhase.Master => "MASTER",
        VrrpPhase.Backup => "BACKUP",
        VrrpPhase.Fault => "FAULT",
        _ => "STOP",
    };
}
