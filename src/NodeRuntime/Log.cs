using System.Text.Json.Nodes;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Lvs;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Host;
using Serilog.Events;

namespace Keepalived.Es.NodeRuntime;

/// <summary>
/// All messages of the daemon. keepalived's own messages keep their wording, since people's log filters rest on it; structured
/// properties are <c>Node Instance Vrid From To Reason</c>.
/// </summary>
internal static class Log
{
    internal static void Starting(string version, string arguments) =>
        Serilog.Log.Information("Starting Keepalived.Es v{Version:l}{Arguments:l}", version, arguments);

    internal static void Stopping(string signal) => Serilog.Log.Information("Stopping ({Signal:l})", signal);

    internal static void Stopped(string version) => Serilog.Log.Information("Stopped Keepalived.Es v{Version:l}", version);

    internal static void Reloading() => Serilog.Log.Information("Reloading ...");

    internal static void Reloaded(int changes) => Serilog.Log.Information("Reload complete, {Changes} changes", changes);

    internal static void ReloadChange(string change) => Serilog.Log.Information("Reload: {Change:l}", change);

    internal static void ReloadRefused(string file, string why) => Serilog.Log.Error(
        "Reload refused: {File:l} {Why:l}; nothing was changed, the configuration of before stays in force", file, why);

    internal static void NotByReload(string what) => Serilog.Log.Warning("{What:l}", what);

    internal static void ReloadIncomplete(string part, string problem) => Serilog.Log.Error("Reload: {Part:l} could not be changed: {Problem:l}", part, problem);

    internal static void InstanceRemoved(string instance) => Serilog.Log.Information("({Instance:l}) removed by a reload", instance);

    internal static void TrackScriptCarried(string script, bool isUp) => Serilog.Log.Information(
        "VRRP_Script({Script:l}) considered {Result:l} on reload", script, isUp ? "successful" : "unsuccessful");

    internal static void StartupComplete() => Serilog.Log.Information("Startup complete");

    internal static void NotInForce(string what) => Serilog.Log.Warning("{What:l} is not in force yet; nothing was done", what);

    internal static void LowerPriorityHeard(string instance, Advertisement heard, byte priority, bool noAdvert) => Serilog.Log.Information(
        "({Instance:l}) Received advert from {Peer:l} with lower priority {PeerPriority}, ours {Priority}{Action:l}",
        instance, heard.Source.ToString(), heard.Priority, priority, noAdvert ? "" : ", forcing new election");

    internal static void SameAddressHeard(string instance) => Serilog.Log.Warning(
        "({Instance:l}) WARNING - equal priority advert received from remote host with our IP address.", instance);

    internal static void PriorityChanged(string instance, byte from, byte to) =>
        Serilog.Log.Information("({Instance:l}) Changing effective priority from {OldPriority} to {Priority}", instance, from, to);

    internal static void TrackScriptChanged(string script, TrackResult result)
    {
        string how = result.Kind switch
        {
            TrackResultKind.Succeeded => "succeeded",
            TrackResultKind.TimedOut => "timed out",
            TrackResultKind.Signalled => $"failed (due to signal {result.Signal})",
            TrackResultKind.NotStarted => $"failed (could not be run: {result.Detail})",
            _ => result.ExitCode is { } code ? $"failed (exited with status {code})" : $"failed ({result.Detail})",
        };
        Serilog.Log.Information("VRRP_Script({Script:l}) {How:l}", script, how);
    }

    internal static void TrackRunSkipped(string script, TimeSpan running) => Serilog.Log.Warning(
        "VRRP_Script({Script:l}) is due again and still runs, since {Milliseconds} ms: this run is left out", script, (long)running.TotalMilliseconds);

    internal static void TrackResultLost(string script) => Serilog.Log.Error("VRRP_Script({Script:l}): a result is lost, since the loop does not take any", script);

    internal static void GroupMoves(string group, string state) =>
        Serilog.Log.Information("VRRP_Group({Group:l}) Syncing instances to {To:l} state", group, state);

    internal static void LinkChanged(string device, string state) => Serilog.Log.Information("Netlink reports {Interface:l} {State:l}", device, state);

    internal static void GratuitousArpSent(string instance, string device, int addresses, int repeat) => Serilog.Log.Debug(
        "({Instance:l}) Sending gratuitous ARP on {Interface:l} for {Addresses} addresses, {Repeat} each", instance, device, addresses, repeat);

    internal static void AddressRefused(string instance, string address, string device, string problem) => Serilog.Log.Error(
        "({Instance:l}) the kernel refuses {Address:l} on {Interface:l}: {Problem:l}", instance, address, device, problem);

    internal static void LeftOverAddress(string instance, string address, string device) => Serilog.Log.Warning(
        "({Instance:l}) removing {Address:l} from {Interface:l}, left over from a daemon that did not end in good order", instance, address, device);

    internal static void AddressLost(string instance, string address, string device) => Serilog.Log.Warning(
        "({Instance:l}) {Address:l} was removed from {Interface:l} by another program (systemd-networkd? NetworkManager?)", instance, address, device);

    internal static void StaticRefused(string problem) => Serilog.Log.Error("The kernel refuses a static address or route: {Problem:l}", problem);

    internal static void AdvertisementRejected(string instance, RouterAddress peer, string detail, int count) => Serilog.Log.Warning(
        "({Instance:l}) dropped {Count} advertisements from {Peer:l}: {Detail:l}", instance, count, peer.ToString(), detail);

    internal static void PeerDiffers(string instance, RouterAddress peer, string detail) =>
        Serilog.Log.Warning("({Instance:l}) {Peer:l} is configured differently: {Detail:l}", instance, peer.ToString(), detail);

    internal static void UnknownVrid(string? device, byte vrid, RouterAddress peer) =>
        Serilog.Log.Information("Unknown VRID {Vrid} received on {Interface:l} from {Peer:l}", vrid, device, peer.ToString());

    internal static void SendFailed(string instance, string problem) => Serilog.Log.Warning("({Instance:l}) send advert error: {Problem:l}", instance, problem);

    internal static void SocketRefused(string instance, string problem) => Serilog.Log.Error("({Instance:l}) no socket: {Problem:l}", instance, problem);

    internal static void LoopBroken(Exception e) => Serilog.Log.Fatal(e, "The VRRP loop broke; its instances resign");

    internal static void Degraded(string subject, string problem, string remedy) =>
        Serilog.Log.Warning("{Subject:l} is not in force: {Problem:l}; {Remedy:l}", subject, problem, remedy);

    internal static void Diagnostic(string line, bool error) =>
        Serilog.Log.Write(error ? LogEventLevel.Error : LogEventLevel.Warning, "{Diagnostic:l}", line);

    internal static void HookFinished(string hook, HookOutcome outcome)
    {
        if (outcome.Succeeded)
        {
            Serilog.Log.Debug("{Hook:l} ended well after {Milliseconds} ms", hook, (long)outcome.Duration.TotalMilliseconds);
        }
        else
        {
            string problem = outcome.Error ?? (outcome.Signal is { } signal ? $"killed by signal {signal}" : $"exit code {outcome.ExitCode}");
            string limit = outcome.Limit is null ? "" : $"{outcome.Limit} overrun, ";
            Serilog.Log.Warning("{Hook:l} failed: {Limit:l}{Problem:l}. It printed: {Output:l}", hook, limit, problem, outcome.Output.TrimEnd());
        }
    }

    internal static void HookSays(HookLogLevel level, string hook, string text, JsonObject? properties)
    {
        LogEventLevel serious = level switch
        {
            HookLogLevel.Debug => LogEventLevel.Debug,
            HookLogLevel.Info => LogEventLevel.Information,
            HookLogLevel.Warn => LogEventLevel.Warning,
            _ => LogEventLevel.Error,
        };
        Serilog.Log.ForContext("Properties", properties?.ToJsonString()).Write(serious, "{Hook:l}: {Text:l}", hook, Filled(text, properties));
    }

    /// <summary>The text of a hook with its properties in it: it is no template of ours.</summary>
    private static string Filled(string text, JsonObject? properties) =>
        properties is null ? text : properties.Aggregate(text, (filled, property) => filled.Replace($"{{{property.Key}}}", $"{property.Value}", StringComparison.Ordinal));

    internal static void HookNotRun(string hook, string problem) => Serilog.Log.Error("{Hook:l}: {Problem:l}", hook, problem);

    internal static void LvsLoopBroken(Exception e) => Serilog.Log.Fatal(e, "The loop of checks and virtual servers broke; the kernel's table stays as it is");

    internal static void CheckActivated(string server, string service) =>
        Serilog.Log.Information("Activating healthchecker for service {RealServer:l} for VS {VirtualServer:l}", server, service);

    internal static void CheckSuspended(string server, string service, bool suspended) => Serilog.Log.Information(
        "{Change:l} healthchecker for service {RealServer:l} for VS {VirtualServer:l}", suspended ? "Suspending" : "Activating", server, service);

    internal static void CheckChanged(CheckRuntime check, string server, long tries)
    {
        string path = check.Settings is MiscCheckSettings misc ? misc.Script.Command[0] : "";
        string template = (check.Settings.Kind, check.State.Status) switch
        {
            ("TCP_CHECK", CheckStatus.Up) => "TCP connection to {RealServer:l} success.",
            ("UDP_CHECK", CheckStatus.Up) => "UDP connection to {RealServer:l} success.",
            ("PING_CHECK", CheckStatus.Up) => "ICMP connection to {RealServer:l} success.",
            ("HTTP_GET" or "SSL_GET", CheckStatus.Up) => "Remote Web server {RealServer:l} succeed on service.",
            ("MISC_CHECK", CheckStatus.Up) => "Misc check for [{RealServer:l} VS {VirtualServer:l}] by [{Path:l}] succeeded.",
            (_, CheckStatus.Up) => "{Check:l} on service {RealServer:l} success.",
            ("HTTP_GET", _) => "HTTP_CHECK on service {RealServer:l} failed{Retries:l}.",
            ("SSL_GET", _) => "SSL_CHECK on service {RealServer:l} failed{Retries:l}.",
            ("PING_CHECK", _) => "ICMP CHECK on service {RealServer:l} failed{Retries:l}.",
            ("MISC_CHECK", _) => "Misc check for [{RealServer:l} VS {VirtualServer:l}] by [{Path:l}] failed{Retries:l}.",
            _ => "{Check:l} on service {RealServer:l} failed{Retries:l}.",
        };
        Serilog.Log
            .ForContext("RealServer", server).ForContext("VirtualServer", check.Owner.Name).ForContext("Check", check.Settings.Kind)
            .Information(
                Filled(template, server, check.Owner.Name, check.Settings.Kind, path, tries > 1 ? $" after {tries - 1} retries" : "") + " ({Note:l})", check.LastResult.Note);
    }

    /// <summary>keepalived's sentence as text, so that one template serves them all.</summary>
    private static string Filled(string template, string server, string service, string check, string path, string retries) => template
        .Replace("{RealServer:l}", server, StringComparison.Ordinal).Replace("{VirtualServer:l}", service, StringComparison.Ordinal)
        .Replace("{Check:l}", check, StringComparison.Ordinal).Replace("{Path:l}", path, StringComparison.Ordinal).Replace("{Retries:l}", retries, StringComparison.Ordinal);

    internal static void CheckFailed(string server, string service, string check, string note) =>
        Serilog.Log.Information("{Check:l} of service {RealServer:l} for VS {VirtualServer:l} failed: {Note:l}", check, server, service, note);

    internal static void CheckNotMade(string server, string service, string check, string note) => Serilog.Log.Error(
        "{Check:l} of service {RealServer:l} for VS {VirtualServer:l} could not be made: {Note:l}. Nothing is concluded about the server", check, server, service, note);

    internal static void PoolChanged(string server, string service, VirtualServerEffectKind kind, int weight, bool stopping)
    {
        string template = kind switch
        {
            VirtualServerEffectKind.AddDestination => "Adding service {RealServer:l} to VS {VirtualServer:l}",
            VirtualServerEffectKind.RemoveDestination when stopping => "Shutting down service {RealServer:l} from VS {VirtualServer:l}",
            VirtualServerEffectKind.RemoveDestination => "Removing service {RealServer:l} from VS {VirtualServer:l}",
            _ when weight == 0 => "Disabling service {RealServer:l} of VS {VirtualServer:l}",
            _ => "Enabling service {RealServer:l} of VS {VirtualServer:l}",
        };
        Serilog.Log.Information(template, server, service);
    }

    internal static void SorryServer(string server, string service, bool added) => Serilog.Log.Information(
        added ? "Adding sorry server {RealServer:l} to VS {VirtualServer:l}" : "Removing sorry server {RealServer:l} from VS {VirtualServer:l}", server, service);

    internal static void WeightChanged(string server, string service, int from, int to, bool active) => Serilog.Log.Information(
        "Changing weight from {OldWeight} to {Weight} for {Active:l} service {RealServer:l} of VS {VirtualServer:l}", from, to, active ? "active" : "inactive", server, service);

    internal static void Quorum(string service, bool gained, long weight, long quorum, long hysteresis)
    {
        if (gained)
        {
            Serilog.Log.Information(
                "Gained quorum {Quorum}+{Hysteresis}={Threshold} <= {Weight} for VS {VirtualServer:l}", quorum, hysteresis, quorum + hysteresis, weight, service);
        }
        else
        {
            Serilog.Log.Warning(
                "Lost quorum {Quorum}-{Hysteresis}={Threshold} > {Weight} for VS {VirtualServer:l}", quorum, hysteresis, quorum - hysteresis, weight, service);
        }
    }

    internal static void Drained(string server, string service, bool drained, string by) => Serilog.Log.Information(
        "Service {RealServer:l} of VS {VirtualServer:l} is {State:l} ({By:l})", server, service, drained ? "drained" : "in service again", by);

    internal static void Commanded(string by, string text, string? error)
    {
        if (error is null)
        {
            Serilog.Log.Information("{By:l} asked for: {Command:l}; done", by, text);
        }
        else
        {
            Serilog.Log.Warning("{By:l} asked for: {Command:l}; not done: {Problem:l}", by, text, error);
        }
    }

    internal static void ChecksLate(long count, TimeSpan largest) => Serilog.Log.Warning(
        "{Count} checks began late, the latest by {Milliseconds} ms: this host is too busy", count, (long)largest.TotalMilliseconds);

    internal static void NothingIsBalanced(string problem, string remedy) =>
        Serilog.Log.Error("NOTHING IS BALANCED: {Problem:l}; {Remedy:l}", problem, remedy);

    internal static void KernelRefused(string problem) => Serilog.Log.Error("IPVS: {Problem:l}", problem);

    internal static void KernelCorrected(string service, IReadOnlyList<string> found) => Serilog.Log.Warning(
        "Somebody else had changed the kernel's table of VS {VirtualServer:l}, it is put right: {Found:l}", service, string.Join(", ", found));

    internal static void JournalRefused(string problem) =>
        Serilog.Log.Error("The journal refuses events: {Problem:l}. Fail-over goes on; events wait in memory and are counted when they are lost", problem);

    internal static void JournalRecovered() => Serilog.Log.Warning("The journal takes events again");

    internal static void JournalLost(long count, string? problem) =>
        Serilog.Log.Error("{Count} events are lost: the journal refused them until the end: {Problem:l}", count, problem);

    internal static void UplinkCannotRead(string problem) => Serilog.Log.Error("The uplink cannot read the journal: {Problem:l}", problem);

    internal static void ClockStepped(TimeSpan by) => Serilog.Log.Warning("The wall clock was set by {Step}", by);

    internal static void NodeKeyUnusable(string problem) => Serilog.Log.Error("Records are sent unsigned: {Problem:l}", problem);

    internal static void UplinkReach(Uri? url, bool reached, string answer)
    {
        if (reached)
        {
            Serilog.Log.Information("Control plane {Url} is in reach", url);
        }
        else
        {
            Serilog.Log.Warning("Control plane {Url} is out of reach: {Answer:l}. Events wait in the journal", url, answer);
        }
    }

    internal static void UplinkMoved(Uri configured, Uri place) => Serilog.Log.Information(
        "The site lives at control plane {Place} now, not at {Configured}: the uplink goes on there. Name it as url of control-plane in node.yaml", place, configured);

    internal static void UplinkRefused(Uri? url, string answer) =>
        Serilog.Log.Error("Control plane {Url} refuses the events: {Answer:l}. They stay in the journal", url, answer);
}
