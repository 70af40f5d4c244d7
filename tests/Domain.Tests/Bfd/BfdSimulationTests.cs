using Keepalived.Es.Domain.Bfd;

namespace Keepalived.Es.Domain.Tests.Bfd;

public sealed class BfdSimulationTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);
    private static readonly int[] Intervals = [10, 50, 100, 300, 1_000, 1_500];

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 200).Select(seed => new TheoryDataRow<int>(seed));

    [Theory, MemberData(nameof(Seeds))]
    public void Two_sessions_come_up_and_never_flap_while_the_network_is_fine(int seed)
    {
        SimulatedBfdLink link = Link(seed, minimumMultiplier: 1);
        link.Run(LongEnough, () => link.AreUp);
        Assert.True(link.AreUp, link.Trace);
        link.Changes.Clear();
        link.Run(TimeSpan.FromSeconds(60));
        Assert.True(link.Changes.Count == 0, link.Trace);
        Assert.True(!link[0].IsPolling && !link[1].IsPolling, link.Trace);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Losses_shorter_than_the_detection_time_change_nothing(int seed)
    {
        SimulatedBfdLink link = Link(seed, minimumMultiplier: 3);
        (link.Loss, link.LossRun) = (0.3, 1);                            // one packet of three may be missing: two intervals at most between two that arrive
        link.Run(LongEnough, () => link.AreUp);
        Assert.True(link.AreUp, link.Trace);
        link.Changes.Clear();
        link.Run(LongEnough);
        Assert.True(link.Changes.Count == 0, link.Trace);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Silence_is_noticed_within_the_detection_time_and_the_end_of_it_heals(int seed)
    {
        SimulatedBfdLink link = Link(seed, minimumMultiplier: 1);
        link.Run(LongEnough, () => link.AreUp);
        link.Run(TimeSpan.FromSeconds(10));
        link.Changes.Clear();
        (TimeSpan cut, TimeSpan[] detection) = (link.Now, [link[0].DetectionTime, link[1].DetectionTime]);
        link.Loss = 1;
        link.Run(LongEnough);
        Assert.Equal(2, link.Changes.Count);
        foreach ((TimeSpan at, int session, BfdEffect change) in link.Changes)
        {
            Assert.Equal((BfdSessionState.Down, BfdDiagnostic.ControlDetectionTimeExpired), (change.To, change.Diagnostic));
            Assert.True(at <= cut + link.Delay + detection[session], $"{at}, cut at {cut}, detection time {detection[session]}\n{link.Trace}");
        }

        link.Loss = 0;
        link.Run(LongEnough, () => link.AreUp);
        Assert.True(link.AreUp, link.Trace);
    }

    [Theory, MemberData(nameof(Seeds))]
    public void While_nothing_is_heard_no_more_than_a_packet_in_750_ms_goes_out(int seed)
    {
        SimulatedBfdLink link = Link(seed, minimumMultiplier: 1);
        link.Loss = 1;
        link.Run(LongEnough);
        int largest = (int)(LongEnough / TimeSpan.FromMilliseconds(750)) + 1;
        Assert.InRange(link.Sent, 1, 2 * largest);
    }

    /// <summary>Any two sessions; at most one of them passive, since two would wait for each other.</summary>
    private static SimulatedBfdLink Link(int seed, int minimumMultiplier)
    {
        var random = new Random(seed);
        TimeSpan Interval() => TimeSpan.FromMilliseconds(Intervals[random.Next(Intervals.Length)]);
        BfdConfig Config(uint discriminator, bool passive) =>
            new(discriminator, Interval(), Interval(), TimeSpan.FromMilliseconds(random.Next(1_000, 2_000)), (byte)random.Next(minimumMultiplier, 6), passive);
        int passive = random.Next(3);
        return new SimulatedBfdLink(seed, Config(1, passive == 0), Config(2, passive == 1));
    }
}
