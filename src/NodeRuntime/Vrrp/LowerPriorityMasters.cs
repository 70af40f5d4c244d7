using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>
/// Masters of lower priority that one instance hears. The first two advertisements of a sender are reported at once - the one that it takes over from is heard
/// once, a second Master again -, the rest together every ten seconds. Allocates nothing while counting.
/// </summary>
internal sealed class LowerPriorityMasters
{
    private const int AtOnce = 2;

    private readonly Sender[] _senders = new Sender[PeerDigests.MaximumSenders];
    private int _count;

    /// <returns>True when this one is to be reported now.</returns>
    internal bool Count(RouterAddress peer, byte priority, TimeSpan at)
    {
        int index = Array.FindIndex(_senders, 0, _count, sender => sender.Peer == peer);
        if (index < 0 && _count == _senders.Length)
        {
            index = _count - 1;                                  // more senders share the last place
        }
        else if (index < 0)
        {
            index = _count++;
            _senders[index] = new Sender { Peer = peer };
        }

        ref Sender known = ref _senders[index];
        if (known.Told < AtOnce)
        {
            known = known with { Told = known.Told + 1, IsHeard = true };
            return true;
        }

        known = known with { IsHeard = true, Priority = priority, Count = known.Count + 1, From = known.Count == 0 ? at : known.From, To = at };
        return false;
    }

    /// <summary>Reports what was heard since the last flush; a sender that was not is reported at once again.</summary>
    internal void Flush(Action<Sender> report)
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            Sender sender = _senders[i];
            if (sender.Count > 0)
            {
                report(sender);
            }

            if (sender.IsHeard)
            {
                _senders[kept++] = new Sender { Peer = sender.Peer, Told = sender.Told };
            }
        }

        _count = kept;
    }

    /// <param name="Priority">Of the last advertisement.</param>
    /// <param name="Told">How often it was reported at once.</param>
    /// <param name="IsHeard">Since the last flush.</param>
    /// <param name="Count">Advertisements to be reported.</param>
    /// <param name="From">When the first of them came, monotonic.</param>
    /// <param name="To">When the last did.</param>
    internal readonly record struct Sender(RouterAddress Peer, byte Priority, int Told, bool IsHeard, int Count, TimeSpan From, TimeSpan To);
}
