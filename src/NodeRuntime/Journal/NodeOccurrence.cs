using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>Something that happened, on its way from the place that saw it to the journal.</summary>
/// <param name="Event">The fact.</param>
/// <param name="Wall">Wall clock when it happened, UTC.</param>
/// <param name="Mono">Monotonic time since boot when it happened.</param>
/// <param name="Token">A number by which later occurrences name this one as their cause; 0: none will.</param>
/// <param name="CauseToken">Token of the occurrence that caused this one; 0: none.</param>
internal readonly record struct NodeOccurrence(INodeEvent Event, DateTimeOffset Wall, TimeSpan Mono, long Token = 0, long CauseToken = 0);
