using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Vrrp;

namespace Keepalived.Es.NodeRuntime.Tests.Vrrp;

public sealed class RejectionCountersTests
{
    private static readonly RouterAddress One = RouterAddress.Parse("192.0.2.1");
    private static readonly RouterAddress Two = RouterAddress.Parse("192.0.2.2");
    private readonly RejectionCounters _counters = new();

    [Fact]
    public void The_first_of_a_reason_is_reported_at_once_and_the_rest_together()
    {
        Assert.True(_counters.Count(AdvertisementVerdict.Ttl, One));
        Assert.Equal((1, One), _counters.Take(AdvertisementVerdict.Ttl));
        Assert.False(_counters.Count(AdvertisementVerdict.Ttl, One));
        Assert.False(_counters.Count(AdvertisementVerdict.Ttl, Two));
        Assert.Equal((2, Two), _counters.Take(AdvertisementVerdict.Ttl));
        Assert.Equal(0, _counters.Take(AdvertisementVerdict.Ttl).Count);
    }

    [Fact]
    public void After_a_quiet_window_the_next_is_reported_at_once_again()
    {
        _counters.Count(AdvertisementVerdict.Ttl, One);
        _counters.Take(AdvertisementVerdict.Ttl);
        Assert.False(_counters.Count(AdvertisementVerdict.Ttl, One));
        _counters.Take(AdvertisementVerdict.Ttl);
        _counters.Rearm(AdvertisementVerdict.Ttl);
        Assert.True(_counters.Count(AdvertisementVerdict.Ttl, One));
    }

    [Fact]
    public void Every_reason_counts_for_itself()
    {
        foreach (AdvertisementVerdict verdict in Enum.GetValues<AdvertisementVerdict>())
        {
            Assert.True(_counters.Count(verdict, One));
        }

        Assert.All(Enum.GetValues<AdvertisementVerdict>(), verdict => Assert.Equal(1, _counters.Take(verdict).Count));
    }
}
