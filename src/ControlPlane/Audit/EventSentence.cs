using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>Events in plain words, without the node's name and the time, which the reader has beside it.</summary>
public static class EventSentence
{
    public static string Of(RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        return recorded.Event switch
        {
            ITransitionEvent e => Transition(e),
            IInstanceEvent e => Instance(e),
            IHookEvent e => Hook(e),
            IHealthEvent e => HealthSentence.Of(e),
            INodeEvent e => Node(e),
            _ => $"{recorded.Type}: unknown to this program",
        };
    }

    public static string Reason(TransitionReason reason) => reason switch
    {
        TransitionReason.Started => "the daemon started",
        TransitionReason.AddressOwner => "it owns the address (priority 255)",
        TransitionReason.MasterDownTimerExpired => "the Master-down timer expired",
        TransitionReason.MasterResigned => "the Master resigned (priority 0)",
        TransitionReason.PreemptedLowerPriority => "it preempted a Master of lower priority",
        TransitionReason.HigherPriorityAdvertisement => "it heard a higher priority",
        TransitionReason.EqualPriorityHigherAddress => "it heard an equal priority from a higher address",
        TransitionReason.FaultDetected => "a fault was detected",
        TransitionReason.FaultCleared => "the last fault was cleared",
        TransitionReason.SyncGroup => "its sync group moved",
        TransitionReason.Shutdown => "the daemon stopped",
        TransitionReason.Removed => "a reload removed it",
        _ => "no reason was recorded",
    };

    public static string PhaseName(VrrpPhase phase) => phase switch
    {
        VrrpPhase.Initialize => "INIT",
        VrrpPhase.Backup => "BACKUP",
        VrrpPhase.Master => "MASTER",
        _ => "FAULT",
    };

    private static string Transition(ITransitionEvent e) => e switch
    {
        InstanceBecameMaster => $"{e.Instance} became MASTER: {Reason(e.Reason)}",
        InstanceBecameBackup { Peer: var peer, PeerPriority: var priority } when peer != RouterAddress.None =>
            $"{e.Instance} became BACKUP: {Reason(e.Reason)} ({peer}, priority {priority})",
        InstanceBecameBackup => $"{e.Instance} became BACKUP: {Reason(e.Reason)}",
        InstanceEnteredFault fault => $"{e.Instance} entered FAULT: {fault.Faults}",
        _ when e.From == VrrpPhase.Master => $"{e.Instance} stopped: {Reason(e.Reason)}; it resigned with priority 0",
        _ => $"{e.Instance} stopped: {Reason(e.Reason)}",
    };

    private static string Instance(IInstanceEvent e) => e switch
    {
        InstanceConfigured c =>
            $"{e.Instance}{(c.Former is { } former ? $", until now {former}," : "")} is configured: VRID {c.Config.Vrid} on {c.Interface}, priority {c.Config.Priority}, {string.Join(", ", c.VirtualAddresses)}",
        PriorityChanged p => $"{e.Instance}'s priority changed from {p.From} to {p.To}{Contributions(p)}",
        AdvertisementDigest d =>
            $"{e.Instance} heard {d.Peer} {d.Count} times in {Durations.Text(d.To - d.From)}, priority {d.LastPriority}{Gap(d)}",
        InputsRecorded i => $"{e.Instance}: {i.Inputs.Count} inputs recorded{(i.Truncated ? ", earlier ones are not kept" : "")}",
        AdvertisementsRejected r => $"{e.Instance} dropped {r.Count} packets of {r.Peer}: {r.Reason} ({r.Detail})",
        LowerPriorityMasterHeard l =>
            $"{e.Instance} heard another Master, {l.Peer} at priority {l.PeerPriority},{(l.Count is { } often ? $" {often} times," : "")} and answered with {l.Priority}",
        TimerLate t => $"{e.Instance}: the loop woke {Durations.Text(t.Lateness)} late",
        AddressAdded a => a.Error is null ? $"{a.Address} added on {a.Device}" : $"{a.Address} could not be added on {a.Device}: {a.Error}",
        AddressRemoved a => a.Error is null ? $"{a.Address} removed from {a.Device}"
            : $"{a.Address} could not be removed from {a.Device}: {a.Error}",
        AddressLost a => $"somebody removed {a.Address} from {a.Device}; it was put back",
        GratuitousArpSent g => g.Error is null
            ? $"{g.Count} gratuitous ARP for {g.Addresses} {(g.Addresses == 1 ? "address" : "addresses")} sent on {g.Device}"
            : $"gratuitous ARP could not be sent on {g.Device}: {g.Error}",
        _ => $"{e.Instance}: {EventCatalog.AliasOf(e)}",
    };

    private static string Hook(IHookEvent e) => e switch
    {
        HookStarted { Function: { } function } h => $"hook {h.Hook} started: {function} of {h.Command[0]}{Attempt(h)}",
        HookStarted h => $"hook {h.Hook} started: {string.Join(' ', h.Command)}{Attempt(h)}",
        HookFinished { Limit: { } limit } h => $"hook {h.Hook} overran its {limit} and was ended after {Durations.Text(h.Duration)}{Because(h.Error)}",
        HookFinished { Error: { } error } h => $"hook {h.Hook} failed: {error}",
        HookFinished { ExitCode: { } code } h => $"hook {h.Hook} ended with {code} after {Durations.Text(h.Duration)}",
        HookFinished h => $"hook {h.Hook} was ended by signal {h.Signal} after {Durations.Text(h.Duration)}",
        HookHostCalled h => $"hook {h.Hook} called {h.Function}{Head(h.Arguments, 120)}: {Head(h.Answer, 160)}",
        HookReported h => $"hook {h.Hook} reports {h.Type} {Head(h.Data, 240)}",
        TrackScriptChanged t => $"{t.Hook} {Result(t)}: {Status(t.From)} until now, {Status(t.To)} from here on{Because(t.Detail)}",
        TrackRunSkipped t => $"{t.Hook} was due and still ran, since {Durations.Text(t.Running)}: a run was left out",
        _ => EventCatalog.AliasOf(e),
    };

    private static string Attempt(HookStarted e) => e.Attempt is { } attempt ? $" (attempt {attempt})" : "";

    private static string Because(string? detail) => detail is null ? "" : $" ({detail})";

    private static string Status(TrackStatus status) => status switch { TrackStatus.Up => "up", TrackStatus.Down => "down", _ => "unknown" };

    private static string Result(TrackScriptChanged e) => e.Result switch
    {
        TrackResultKind.Succeeded => "succeeded",
        TrackResultKind.TimedOut => $"timed out after {Durations.Text(e.Duration)}",
        TrackResultKind.Signalled => $"was ended by signal {e.Signal}",
        TrackResultKind.NotStarted => "could not be run",
        _ => e.ExitCode is { } code ? $"failed with {code}" : "failed",
    };

    private static string Node(INodeEvent e) => e switch
    {
        NodeStarted n => $"the daemon started (version {n.Version}, pid {n.ProcessId})",
        NodeStopped n => $"the daemon stopped ({n.Signal})",
        ConfigurationLoaded c =>
            $"configuration {c.Path} in force (sha256 {Head(c.Sha256)}{(c.Warnings.Count == 0 ? "" : $", {c.Warnings.Count} warnings")})",
        ConfigurationReloaded { Changes: [] } c => $"{c.Path} reloaded (sha256 {Head(c.Sha256)}): nothing has changed",
        ConfigurationReloaded c => $"{c.Path} reloaded (sha256 {Head(c.Sha256)}): {string.Join("; ", c.Changes)}",
        ConfigurationRejected c => $"configuration {c.Path} refused: {c.Diagnostics.Count} diagnostics",
        LinkChanged l => $"link {l.Interface} is {l.State}",
        ClockStepped c => $"the wall clock was set {(c.Found < c.Expected ? "back" : "forward")} by {(c.Found - c.Expected).Duration():c}",
        EventsLost l => $"{l.Count} events were lost: {l.Cause}",
        CommandAcknowledged c => c.Error is null ? $"{c.By} asked for: {c.Text}; done" : $"{c.By} asked for: {c.Text}; NOT done: {c.Error}",
        ChecksLate l => $"{l.Count} checks began late, the latest by {Durations.Text(l.Largest)}: the host is too busy",
        SyncDaemonChanged s => s.Error is null
            ? $"connections are {(s.State == "stopped" ? "no longer synchronized" : $"synchronized as {s.State}")} on {s.Interface} (id {s.SyncId})"
            : $"the sync daemon on {s.Interface} could not be {s.State}: {s.Error}",
        BfdSessionChanged b =>
            $"BFD session {b.Session} with {b.Neighbor} went from {b.From} to {b.To.ToString().ToUpperInvariant()} (diagnostic {b.Diagnostic}; the neighbor said {b.RemoteState} last)",
        Degraded d => $"{d.Subject} is not in force: {d.Problem}",
        _ => EventCatalog.AliasOf(e),
    };

    private static string Contributions(PriorityChanged e) =>
        e.Contributions.Count == 0
            ? ""
            : $" (base {e.Base}, {string.Join(", ", e.Contributions.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} {c.Value:+0;-0;0}"))})";

    private static string Gap(AdvertisementDigest e) => e.MaxGap is { } gap ? $", largest gap {Durations.Text(gap)}" : "";

    private static string Head(string text, int length = 12) => text.Length > length ? text[..length] : text;
}
