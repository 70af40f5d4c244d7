using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>One recorded run of a hook in JavaScript: what a replay needs.</summary>
/// <param name="Started">With the function, and what it was given.</param>
/// <param name="Calls">What it asked of the daemon and was answered, in order.</param>
/// <param name="Finished">Null: it has not ended, or its end is not on record.</param>
public sealed record HookRunRecord(HookStarted Started, IReadOnlyList<HookHostCalled> Calls, HookFinished? Finished);
