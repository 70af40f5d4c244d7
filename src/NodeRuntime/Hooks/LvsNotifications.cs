using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.NodeRuntime.Lvs;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>Says what scripts, FIFOs and mail are told of virtual and real servers.</summary>
internal sealed class LvsNotifications(Notifications scripts)
{
    /// <summary><c>notify_up</c> or <c>notify_down</c>, a line of the FIFOs, and a mail.</summary>
    /// <param name="mail"><c>no_checker_emails</c>: the checks are not mailed about, so the server is.</param>
    internal StateNotification OfRealServer(VirtualServerRuntime owner, int server, bool isUp, string reason, long token, bool mail)
    {
        RealServerSettings real = owner.Settings.RealServers[server];
        ScriptCommand? script = isUp ? real.NotifyUp : real.NotifyDown;
        return Notification("RS", $"{owner.NameOf(server)} {owner.Name}", isUp, reason, token) with
        {
            Scripts = script is null ? [] : [scripts.Script(isUp ? "notify_up" : "notify_down", script)],
            SmtpAlert = real.SmtpAlert && mail,
            MailBody = isUp ? "=> Real server is up <=" : "=> Real server is down <=",
        };
    }

    /// <summary><c>quorum_up</c> or <c>quorum_down</c>, a line of the FIFOs, mail.</summary>
    internal StateNotification OfQuorum(VirtualServerRuntime owner, bool gained, long weight, long token)
    {
        VirtualServerSettings server = owner.Settings;
        ScriptCommand? script = gained ? server.QuorumUp : server.QuorumDown;
        long threshold = gained ? server.Quorum + server.Hysteresis : server.Quorum - server.Hysteresis;
        return Notification("VS", owner.Name, gained, gained ? "QuorumGained" : "QuorumLost", token) with
        {
            Scripts = script is null ? [] : [scripts.Script(gained ? "quorum_up" : "quorum_down", script)],
            SmtpAlert = server.SmtpAlert,
            MailBody = gained
                ? $"=> Gained quorum {server.Quorum}+{server.Hysteresis}={threshold} <= {weight} <="
                : $"=> Lost quorum {server.Quorum}-{server.Hysteresis}={threshold} > {weight} <=",
        };
    }

    /// <summary>Mail alone: a check has changed.</summary>
    internal static StateNotification OfCheck(CheckRuntime check, long token)
    {
        bool isUp = check.State.Status == CheckStatus.Up;
        return Notification("CHECK", $"{check.Owner.NameOf(check.Server)} {check.Owner.Name}", isUp, check.LastResult.Note, token) with
        {
            SmtpAlert = true,
            MailBody = BodyOf(check.Settings.Kind, isUp),
        };
    }

    /// <summary>keepalived's words.</summary>
    private static string BodyOf(string kind, bool isUp) => (kind, isUp) switch
    {
        ("HTTP_GET" or "SSL_GET" or "SMTP_CHECK", true) => "=> CHECK succeed on service <=",
        ("HTTP_GET" or "SSL_GET", false) => "=> CHECK failed on service : HTTP/SSL request failed <=",
        ("SMTP_CHECK", false) => "=> CHECK failed on service : SMTP request failed <=",
        ("DNS_CHECK", false) => "=> DNS_CHECK: failed on service <=",
        ("DNS_CHECK", true) => "=> DNS_CHECK: succeed on service <=",
        _ => $"=> {kind.Replace('_', ' ')} {(isUp ? "succeed" : "failed")} on service <=",
    };

    private static StateNotification Notification(string kind, string name, bool isUp, string reason, long token) => new()
    {
        Kind = kind,
        Name = name,
        From = isUp ? "DOWN" : "UP",
        State = isUp ? "UP" : "DOWN",
        Reason = reason,
        Priority = 0,
        Transition = token,
    };
}
