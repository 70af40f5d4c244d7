using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>Dropped packets of one instance by reason. The first of a reason is reported at once, the rest together every ten seconds.</summary>
internal sealed class RejectionCounters
{
    private static readonly int Reasons = Enum.GetValues<AdvertisementVerdict>().Length;

    private readonly int[] _pending = new int[Reasons];
    private readonly bool[] _reported = new bool[Reasons];
    private readonly RouterAddress[] _peer = new RouterAddress[Reasons];

    /// <returns>True when this one is to be reported now.</returns>
    internal bool Count(AdvertisementVerdict verdict, RouterAddress peer)
    {
        _pending[(int)verdict]++;
        _peer[(int)verdict] = peer;
        bool first = !_reported[(int)verdict];
        _reported[(int)verdict] = true;
        return first;
    }

    /// <summary>Takes what is pending of one reason.</summary>
    internal (int Count, RouterAddress Peer) Take(AdvertisementVerdict verdict)
    {
        int count = _pending[(int)verdict];
        _pending[(int)verdict] = 0;
        return (count, _peer[(int)verdict]);
    }

    /// <summary>After a quiet window a reason is reported at once again.</summary>
    internal void Rearm(AdvertisementVerdict verdict) => _reported[(int)verdict] = false;
}
