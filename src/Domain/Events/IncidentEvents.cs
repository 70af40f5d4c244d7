namespace Keepalived.Es.Domain.Events;

/// <summary>What went wrong.</summary>
public enum IncidentKind : byte
{
    /// <summary>The virtual router moved from one node to another.</summary>
    FailOver,

    /// <summary>Nobody was Master for longer than a Backup needs to take over.</summary>
    NoMaster,

    /// <summary>Several nodes were Master at the same time, for longer than a hand-over and the clocks' uncertainty explain.</summary>
    TwoMasters,

    /// <summary>One node's advertisements reach the other, and not the other way round.</summary>
    OneWayLink,

    /// <summary>The Master changed at least five times in ten minutes.</summary>
    Flapping,

    /// <summary>Two virtual routers of one LAN have the same VRID.</summary>
    VridCollision,

    /// <summary>An instance was in FAULT.</summary>
    Fault,

    /// <summary>A hook failed.</summary>
    HookFailed,

    /// <summary>A virtual server had too few real servers.</summary>
    QuorumLost,

    /// <summary>A node was not in contact with the control plane and had not said that it would stop.</summary>
    NodeSilent,

    /// <summary>The nodes of a virtual router have settings that do not fit together.</summary>
    ConfigurationMismatch,
}

/// <summary>How much it matters.</summary>
public enum IncidentSeverity : byte
{
    /// <summary>Worth knowing: nobody was cut off.</summary>
    Notice,

    /// <summary>Clients noticed it for a moment, or there is less redundancy than there should be.</summary>
    Warning,

    /// <summary>Clients were cut off, or may have been served by the wrong node.</summary>
    Critical,
}

/// <summary>What is known of an incident at one moment.</summary>
/// <param name="Start">By the control plane's clock as far as the nodes' offsets are known.</param>
/// <param name="End">Null while it lasts.</param>
/// <param name="Uncertainty">By how much start and end may be wrong, since clocks differ; zero or more.</param>
/// <param name="Outage">How long nobody answered for the addresses, at most; null: not known, or does not apply.</param>
/// <param name="Addresses">The virtual addresses concerned, as configured.</param>
/// <param name="Cause">In plain words.</param>
/// <param name="Evidence">The records that it rests on, as node/boot/sequence, oldest first.</param>
public sealed record IncidentFacts(
    IncidentSeverity Severity, DateTimeOffset Start, DateTimeOffset? End, TimeSpan Uncertainty, TimeSpan? Outage,
    IReadOnlyList<string> Nodes, IReadOnlyList<string> Addresses, string Cause, IReadOnlyList<string> Evidence);

/// <summary>A fact about one incident, recorded by the control plane: it goes into the stream <c>incident/&lt;id&gt;</c>.</summary>
public interface IIncidentEvent : IStoredEvent
{
    /// <summary>The incident's id: start, kind and a few letters, such as <c>20261126-140512-fail-over-3f2a</c>.</summary>
    string Incident { get; }
}

/// <summary>An incident was found.</summary>
/// <param name="Subject">What it is about: <c>VRID 51</c>, <c>hook node-a/notify_master VI_1</c>.</param>
[EventAlias("incident_opened")]
public sealed record IncidentOpened(string Incident, IncidentKind Kind, string Subject, IncidentFacts Facts) : IIncidentEvent;

/// <summary>More is known of it; or it was closed, was found again, and goes on: then it has no end.</summary>
[EventAlias("incident_changed")]
public sealed record IncidentChanged(string Incident, IncidentFacts Facts) : IIncidentEvent;

/// <summary>It is over.</summary>
[EventAlias("incident_closed")]
public sealed record IncidentClosed(string Incident, IncidentFacts Facts) : IIncidentEvent;

/// <summary>Somebody wrote something about it.</summary>
/// <param name="By">Who, 1 to 128 characters.</param>
/// <param name="Text">1 to 4096 characters.</param>
[EventAlias("incident_annotated")]
public sealed record IncidentAnnotated(string Incident, string By, string Text) : IIncidentEvent;

/// <summary>Somebody has seen it.</summary>
[EventAlias("incident_acknowledged")]
public sealed record IncidentAcknowledged(string Incident, string By) : IIncidentEvent;

/// <summary>Somebody takes care of it.</summary>
/// <param name="To">Who takes care.</param>
/// <param name="By">Who said so.</param>
[EventAlias("incident_assigned")]
public sealed record IncidentAssigned(string Incident, string By, string To) : IIncidentEvent;

/// <summary>A hook of the control plane was run for an incident.</summary>
/// <param name="On">The event for which it ran: <c>incident_opened</c>, <c>incident_changed</c> or <c>incident_closed</c>.</param>
/// <param name="Hook">The file.</param>
/// <param name="ExitCode">Null if it did not exit by itself, and for JavaScript.</param>
/// <param name="Error">Null: it ended well.</param>
/// <param name="OutputTail">The last of what it printed.</param>
[EventAlias("incident_hook_ran")]
public sealed record IncidentHookRan(
    string Incident, string On, string Hook, int? ExitCode, string? Error, TimeSpan Duration, string OutputTail) : IIncidentEvent;
