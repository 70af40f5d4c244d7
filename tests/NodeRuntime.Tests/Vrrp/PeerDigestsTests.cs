using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Vrrp;

public sealed class PeerDigestsTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 50).Select(seed => new TheoryDataRow<int>(seed));

    [Theory, MemberData(nameof(Seeds))]
    public void Each_sender_has_its_count_its_gaps_and_its_last_priority(int seed)
    {
        var random = new Random(seed);
        var digests = new PeerDigests();
        TimeSpan now = TimeSpan.FromSeconds(100);
        for (int window = 0; window < 5; window++)
        {
            TimeSpan from = now;
            var heard = new List<(RouterAddress Address, TimeSpan At, byte Priority)>();
            for (int i = random.Next(40); i > 0; i--)
            {
                now += TimeSpan.FromTicks(random.Next(20_000_000));
                heard.Add((Address(random.Next(1, PeerDigests.MaximumSenders + 1)), now, (byte)random.Next(256)));
                digests.Count(heard[^1].Address, heard[^1].Priority, now);
            }

            var reported = new List<AdvertisementDigest>();
            digests.Flush("node-a", "VI_1", from, now, reported.Add);
            Assert.Equal(heard.GroupBy(one => one.Address).Select(sender => Expected(sender.Key, [.. sender.Select(one => one.At)], sender.Last().Priority, from, now)), reported);
        }
    }

    [Fact]
    public void Nothing_heard_is_nothing_reported_and_a_flush_starts_anew()
    {
        var digests = new PeerDigests();
        digests.Count(Address(1), 100, default);
        digests.Flush("node-a", "VI_1", default, default, _ => { });
        digests.Flush("node-a", "VI_1", default, default, digest => Assert.Fail($"{digest}"));
    }

    [Fact]
    public void More_senders_than_places_are_still_counted()
    {
        var digests = new PeerDigests();
        for (int sender = 1; sender <= 20; sender++)
        {
            digests.Count(Address(sender), (byte)sender, TimeSpan.FromSeconds(sender));
        }

        var reported = new List<AdvertisementDigest>();
        digests.Flush("node-a", "VI_1", default, default, reported.Add);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 13], reported.Select(digest => digest.Count));
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        var digests = new PeerDigests();
        digests.Count(Address(1), 1, default);
        Allocations.None(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                digests.Count(Address(i % 12), 1, TimeSpan.FromTicks(i));
            }
        });
    }

    private static AdvertisementDigest Expected(RouterAddress peer, TimeSpan[] times, byte priority, TimeSpan from, TimeSpan to)
    {
        TimeSpan[] gaps = [.. times.Zip(times.Skip(1), (earlier, later) => later - earlier)];
        return new AdvertisementDigest(
            "node-a", "VI_1", peer, from, to, times.Length, gaps.Length > 0 ? gaps.Min() : null, gaps.Length > 0 ? gaps.Max() : null, priority);
    }

    private static RouterAddress Address(int last) => new(0xC0000200u + (uint)last);
}
