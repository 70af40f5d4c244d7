using System.Text.Json.Nodes;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>What hooks in JavaScript log, report and ask about their own transition.</summary>
/// <param name="transitionOf">Transition that a run follows from, and its owner; null: none.</param>
/// <param name="isNewest">Whether it is still the newest of its owner.</param>
internal sealed class HookHost(IHookJournal journal, Func<long, (string Owner, long Transition)?> transitionOf, Func<string, long, bool> isNewest)
    : IHookLog, IHookEvents, ICurrentTransition
{
    /// <summary>To the daemon's log. What a hook logs is also recorded, with all its calls.</summary>
    public void Write(HookLogLevel level, HostCall from, string text, JsonObject? properties) => Log.HookSays(level, from.Hook, text, properties);

    public Task AppendAsync(HostCall from, string type, string dataJson, CancellationToken cancel)
    {
        journal.Record(new HookReported(journal.Node, from.Hook, from.Run, type, dataJson), transitionOf(from.Run)?.Transition ?? 0);
        return Task.CompletedTask;
    }

    public bool IsCurrent(HostCall from) => transitionOf(from.Run) is not { } known || isNewest(known.Owner, known.Transition);
}
