using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Domain.Tests.Events;

public sealed class ClockEstimateTests
{
    private static readonly DateTimeOffset Origin = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Theory]                                    // node's offset, way out, work, way back -> offset, bound; all in ms (RFC 5905 section 8)
    [InlineData(0, 10, 5, 10, 0, 10)]
    [InlineData(7, 10, 5, 10, 7, 10)]
    [InlineData(-7, 10, 5, 10, -7, 10)]
    [InlineData(0, 20, 5, 0, -10, 10)]          // the ways differ: the error is the bound, not more
    [InlineData(0, 0, 5, 20, 10, 10)]
    [InlineData(100, 1, 1000, 1, 100, 1)]       // the server's work does not count
    public void Offset_and_bound_are_NTPs(double offset, double there, double work, double back, double expected, double bound)
    {
        DateTimeOffset received = Origin.AddMilliseconds(there);
        DateTimeOffset answered = received.AddMilliseconds(work);
        ClockEstimate estimate = ClockEstimate.Of(
            Origin.AddMilliseconds(offset), received, answered, answered.AddMilliseconds(back + offset))!.Value;
        Assert.Equal((TimeSpan.FromMilliseconds(expected), TimeSpan.FromMilliseconds(bound)), (estimate.Offset, estimate.Bound));
        ClockEstimate read = ClockEstimate.Parse(estimate.ToHeader())!.Value;
        Assert.Equal(estimate with { Bound = estimate.Bound + TimeSpan.FromMicroseconds(1) }, read);
    }

    [Fact]
    public void Moments_that_contradict_each_other_give_none()
    {
        Assert.Null(ClockEstimate.Of(Origin, Origin, Origin.AddSeconds(-1), Origin));
        Assert.Null(ClockEstimate.Of(Origin, Origin, Origin.AddSeconds(2), Origin.AddSeconds(1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1 -1")]
    [InlineData("1 2 3")]
    [InlineData("1.5 2")]
    [InlineData("9223372036854775807 1")]
    [InlineData("1 9223372036854775807")]
    public void What_is_no_estimate_is_not_read(string text) => Assert.Null(ClockEstimate.Parse(text));
}
