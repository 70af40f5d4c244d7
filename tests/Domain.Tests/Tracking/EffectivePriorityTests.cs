using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Tracking;

public sealed class EffectivePriorityTests
{
    [Theory]
    [InlineData(20, false, TrackStatus.Up, 20, FaultReasons.None)]
    [InlineData(20, false, TrackStatus.Down, 0, FaultReasons.None)]
    [InlineData(-20, false, TrackStatus.Up, 0, FaultReasons.None)]
    [InlineData(-20, false, TrackStatus.Down, -20, FaultReasons.None)]
    [InlineData(20, true, TrackStatus.Down, 20, FaultReasons.None)]
    [InlineData(-20, true, TrackStatus.Up, -20, FaultReasons.None)]
    [InlineData(20, false, TrackStatus.Unknown, 0, FaultReasons.None)]
    [InlineData(-20, true, TrackStatus.Unknown, 0, FaultReasons.None)]
    [InlineData(0, false, TrackStatus.Up, 0, FaultReasons.None)]
    [InlineData(0, false, TrackStatus.Down, 0, FaultReasons.Tracker)]
    [InlineData(0, true, TrackStatus.Up, 0, FaultReasons.Tracker)]
    [InlineData(0, false, TrackStatus.Unknown, 0, FaultReasons.TrackerPending)]
    public void A_weight_counts_while_its_condition_holds_and_weight_0_is_a_fault(int weight, bool reverse, TrackStatus status, int added, FaultReasons faults) =>
        Assert.Equal(new TrackerContribution(added, faults), TrackerContribution.Of(weight, reverse, status));

    [Theory]
    [InlineData(100, 20, 120)]
    [InlineData(100, -253, 1)]
    [InlineData(200, 253, 254)]
    [InlineData(255, -100, 255)]
    public void The_sum_stays_between_1_and_254_and_the_owner_keeps_255(byte priority, int weights, byte effective) =>
        Assert.Equal(effective, EffectivePriority.Of(new VrrpConfig { Instance = "A", Vrid = 1, Priority = priority }, weights));
}
