using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Where hooks leave their events. Never blocks and never throws.</summary>
public interface IHookJournal
{
    /// <summary>The node's name, for events.</summary>
    string Node { get; }

    /// <param name="fact">What happened.</param>
    /// <param name="transition">Transition that caused it; 0: none.</param>
    void Record(INodeEvent fact, long transition);
}
