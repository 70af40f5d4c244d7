using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>Hooks' events in the node's journal.</summary>
internal sealed class HookJournal(JournalWriter journal, string node) : IHookJournal
{
    public string Node => node;

    public void Record(INodeEvent fact, long transition) => journal.Record(fact, causeToken: transition);
}
