using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Vrrp;

namespace Keepalived.Es.NodeRuntime.Tests.Vrrp;

public sealed class LowerPriorityMastersTests
{
    private static readonly RouterAddress One = RouterAddress.Parse("192.0.2.1");
    private static readonly RouterAddress Two = RouterAddress.Parse("192.0.2.2");
    private readonly LowerPriorityMasters _masters = new();

    [Fact]
    public void The_first_two_of_a_sender_are_reported_at_once_and_the_rest_together()
    {
        Assert.Equal([true, true, false, false, false], Enumerable.Range(0, 5).Select(second => Hear(One, second)));
        Assert.Equal([(One, 3, 2, 4)], Flush());
        Assert.False(Hear(One, 5));
        Assert.Equal([(One, 1, 5, 5)], Flush());
    }

    [Fact]
    public void After_a_quiet_window_it_is_reported_at_once_again()
    {
        Hear(One, 0);
        Assert.Empty(Flush());
        Assert.True(Hear(One, 1));
        Assert.False(Hear(One, 2));
        Flush();
        Assert.Empty(Flush());
        Assert.True(Hear(One, 30));
    }

    [Fact]
    public void Every_sender_counts_for_itself_and_more_than_there_is_place_for_share_the_last()
    {
        for (int second = 0; second < 3; second++)
        {
            Hear(One, second);
            Hear(Two, second);
        }

        Assert.Equal([(One, 1, 2, 2), (Two, 1, 2, 2)], Flush());
        int atOnce = Enumerable.Range(3, 100).Count(host => Hear(RouterAddress.Parse($"192.0.2.{host}"), host));
        Assert.InRange(atOnce, 1, 2 * PeerDigests.MaximumSenders);
        Assert.Single(Flush());
    }

    private bool Hear(RouterAddress peer, double second) => _masters.Count(peer, 90, TimeSpan.FromSeconds(second));

    private List<(RouterAddress Peer, int Count, double From, double To)> Flush()
    {
        List<(RouterAddress, int, double, double)> reported = [];
        _masters.Flush(sender => reported.Add((sender.Peer, sender.Count, sender.From.TotalSeconds, sender.To.TotalSeconds)));
        return reported;
    }
}
