using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>Counts the advertisements of each sender on one instance, our own among them, between two flushes. Allocates nothing while counting.</summary>
internal sealed class PeerDigests
{
    /// <summary>Senders told apart on one virtual router; the advertisements of more share the last place.</summary>
    internal const int MaximumSenders = 8;

    private readonly Sender[] _senders = new Sender[MaximumSenders];
    private int _count;

    internal void Count(RouterAddress address, byte priority, TimeSpan at)
    {
        ref Sender sender = ref Find(address);
        if (sender.Count > 0)
        {
            TimeSpan gap = at - sender.Last;
            sender.MinGap = sender.Count == 1 || gap < sender.MinGap ? gap : sender.MinGap;
            sender.MaxGap = gap > sender.MaxGap ? gap : sender.MaxGap;
        }

        sender.Count++;
        sender.Last = at;
        sender.LastPriority = priority;
    }

    /// <summary>Reports every sender heard since the last flush and starts anew.</summary>
    /// <param name="from">Time of the last flush.</param>
    /// <param name="report">Takes the events.</param>
    internal void Flush(string node, string instance, TimeSpan from, TimeSpan now, Action<AdvertisementDigest> report)
    {
        for (int i = 0; i < _count; i++)
        {
            Sender sender = _senders[i];
            bool gaps = sender.Count > 1;
            report(new AdvertisementDigest(
                node, instance, sender.Address, from, now, sender.Count, gaps ? sender.MinGap : null, gaps ? sender.MaxGap : null, sender.LastPriority));
        }

        Array.Clear(_senders, 0, _count);
        _count = 0;
    }

    private ref Sender Find(RouterAddress address)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_senders[i].Address == address)
            {
                return ref _senders[i];
            }
        }

        if (_count < MaximumSenders)
        {
            _senders[_count++].Address = address;
        }

        return ref _senders[_count - 1];
    }

    private struct Sender
    {
        internal RouterAddress Address;
        internal int Count;
        internal TimeSpan Last;
        internal TimeSpan MinGap;
        internal TimeSpan MaxGap;
        internal byte LastPriority;
    }
}
