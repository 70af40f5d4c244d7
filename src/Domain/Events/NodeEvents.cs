namespace Keepalived.Es.Domain.Events;

/// <summary>The daemon runs.</summary>
/// <param name="KernelBoot">The kernel's boot id: monotonic times compare only within one.</param>
[EventAlias("node_started")]
public sealed record NodeStarted(string Node, string Site, string Version, string KernelBoot, int ProcessId, string ConfigurationSha256) : INodeEvent;

/// <summary>The daemon ended in good order.</summary>
/// <param name="Signal">SIGTERM, SIGINT, or an error's text.</param>
[EventAlias("node_stopped")]
public sealed record NodeStopped(string Node, string Signal) : INodeEvent;

/// <summary>A configuration is in force from here on.</summary>
/// <param name="Text">The consolidated text, includes spliced in, secrets masked.</param>
/// <param name="Sha256">Hash of <paramref name="Text"/>, in lower-case hex: a changed secret alone does not change it.</param>
/// <param name="Warnings">Diagnostics that did not stop it, one a line as <c>--config-test</c> prints them.</param>
[EventAlias("configuration_loaded")]
public sealed record ConfigurationLoaded(string Node, string Path, string Sha256, string Text, IReadOnlyList<string> Warnings) : INodeEvent;

/// <summary>A reload (SIGHUP) has put the configuration in force that was loaded before.</summary>
/// <param name="Sha256">Hash of the text, as in <see cref="ConfigurationLoaded"/>.</param>
/// <param name="Changes">What it has changed, a line each; empty: nothing.</param>
[EventAlias("configuration_reloaded")]
public sealed record ConfigurationReloaded(string Node, string Path, string Sha256, IReadOnlyList<string> Changes) : INodeEvent;

/// <summary>A configuration was refused; the one before stays in force.</summary>
[EventAlias("configuration_rejected")]
public sealed record ConfigurationRejected(string Node, string Path, string Sha256, IReadOnlyList<string> Diagnostics) : INodeEvent;

/// <summary>An interface that an instance uses went up or down, came or went.</summary>
/// <param name="State"><c>up</c>, <c>down</c> or <c>missing</c>.</param>
[EventAlias("link_changed")]
public sealed record LinkChanged(string Node, string Interface, string State) : INodeEvent;

/// <summary>Events that could not be written, counted while the journal refused them, and reported once it took events again.</summary>
/// <param name="Cause">The journal's error, such as "disk full".</param>
[EventAlias("events_lost")]
public sealed record EventsLost(string Node, long Count, string Cause, DateTimeOffset First, DateTimeOffset Last) : INodeEvent;

/// <summary>A setting was asked for and could not be put in force; the daemon goes on without it.</summary>
/// <param name="Subject">For instance <c>vrrp_rt_priority</c>.</param>
[EventAlias("degraded")]
public sealed record Degraded(string Node, string Subject, string Problem, string Remedy) : INodeEvent;

/// <summary>The wall clock was set, seen against the monotonic clock, which never is. Slewing by a time daemon moves both and is no step.</summary>
/// <param name="Expected">What the wall clock would show now without the step.</param>
/// <param name="Found">What it shows.</param>
/// <param name="Within">The step lies at most so far back.</param>
[EventAlias("clock_stepped")]
public sealed record ClockStepped(string Node, DateTimeOffset Expected, DateTimeOffset Found, TimeSpan Within) : INodeEvent;
