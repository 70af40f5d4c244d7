using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>One notify script to run.</summary>
/// <param name="Hook">Keyword and owner, such as <c>notify_master VRRP1</c>.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="User">Null: <c>script_user</c>.</param>
/// <param name="CauseToken">Token of the transition that it follows from.</param>
internal sealed record NotifyRequest(string Hook, IReadOnlyList<string> Command, string? User, string? Group, long CauseToken)
{
    /// <summary>Requests of one owner run one after the other.</summary>
    internal string Owner => Hook[(Hook.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    /// <summary>The scripts of an instance for a transition: the specific one first, then <c>notify</c>.</summary>
    internal static IEnumerable<NotifyRequest> OfInstance(VrrpInstanceSettings settings, VrrpPhase to, byte priority, long causeToken) =>
        Of(settings.Notify, "INSTANCE", settings.Vrrp.Instance, to, priority, causeToken);

    /// <summary>The scripts of a sync group; its priority is always given as 0.</summary>
    internal static IEnumerable<NotifyRequest> OfGroup(SyncGroupSettings settings, VrrpPhase to, long causeToken) =>
        Of(settings.Notify, "GROUP", settings.Name, to, priority: 0, causeToken);

    private static IEnumerable<NotifyRequest> Of(NotifyScripts scripts, string kind, string name, VrrpPhase to, byte priority, long causeToken)
    {
        (string keyword, string state, ScriptCommand? specific) = to switch
        {
            VrrpPhase.Master => ("notify_master", "MASTER", scripts.Master),
            VrrpPhase.Backup => ("notify_backup", "BACKUP", scripts.Backup),
            VrrpPhase.Fault => ("notify_fault", "FAULT", scripts.Fault),
            _ => ("notify_stop", "STOP", scripts.Stop),
        };
        if (specific is not null)
        {
            yield return new NotifyRequest($"{keyword} {name}", specific.Command, specific.User, specific.Group, causeToken);
        }

        if (scripts.Any is { } any)
        {
            yield return new NotifyRequest($"notify {name}", [.. any.Command, kind, name, state, $"{priority}"], any.User, any.Group, causeToken);
        }
    }
}
