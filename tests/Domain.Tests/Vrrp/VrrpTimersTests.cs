using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Vrrp;

public sealed class VrrpTimersTests
{
    [Theory]                       // RFC 3768 section 6.2: (256 - priority) / 256 seconds; RFC 9568 section 6.1: of the Master's interval
    [InlineData(2, 100, 1000, 609.375)]
    [InlineData(2, 100, 5000, 609.375)]
    [InlineData(2, 254, 1000, 7.8125)]
    [InlineData(2, 255, 1000, 3.90625)]
    [InlineData(3, 100, 1000, 609.375)]
    [InlineData(3, 100, 100, 60.9375)]
    [InlineData(3, 100, 10, 6.0937)]
    [InlineData(3, 1, 40950, 40790.0390)]
    public void Skew_time_is(byte version, byte priority, int intervalMs, double expectedMs) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), VrrpTimers.SkewTime(version, priority, TimeSpan.FromMilliseconds(intervalMs)));

    [Fact]                         // a million pairs: the race is always won by the higher priority
    public void Skew_falls_strictly_as_priority_rises()
    {
        for (int centiseconds = 1; centiseconds <= 4095; centiseconds++)
        {
            var interval = TimeSpan.FromMilliseconds(10 * centiseconds);
            for (byte priority = 1; priority < 255; priority++)
            {
                Assert.True(
                    VrrpTimers.SkewTime(3, priority, interval) > VrrpTimers.SkewTime(3, (byte)(priority + 1), interval),
                    $"{priority} at {centiseconds} cs");
            }
        }
    }

    [Fact]
    public void Priority_zero_has_no_skew() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => VrrpTimers.SkewTime(3, 0, TimeSpan.FromSeconds(1)));

    [Theory]                       // keepalived.conf(5) down_timer_adverts
    [InlineData(3, 3609.375)]
    [InlineData(1, 1609.375)]
    [InlineData(10, 10609.375)]
    public void Master_down_interval_counts_missed_advertisements(int adverts, double expectedMs)
    {
        VrrpConfig config = VrrpFixture.Default() with { DownTimerAdverts = adverts };
        Assert.Equal(TimeSpan.FromMilliseconds(expectedMs), VrrpTimers.MasterDownInterval(config, 100, config.AdverInterval));
    }
}
