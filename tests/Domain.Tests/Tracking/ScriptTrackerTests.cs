using Keepalived.Es.Domain.Tracking;

namespace Keepalived.Es.Domain.Tests.Tracking;

/// <summary>keepalived.conf(5), <c>vrrp_script</c>: rise, fall, init_fail.</summary>
public sealed class ScriptTrackerTests
{
    /// <summary>In results + is a success and - a failure; in what is expected stand Up, Down and - for unknown.</summary>
    [Theory]
    [InlineData(1, 1, false, "+-+-", "UDUD")]
    [InlineData(3, 2, false, "+--+++", "UUDDDU")]                // the seed's: the first result counts at once, then fall 2 and rise 3
    [InlineData(3, 2, false, "-++-+++", "DDDDDDU")]              // a failure in between starts the count anew
    [InlineData(3, 3, false, "+--+--", "UUUUUU")]                // a success in between, too
    [InlineData(2, 1, true, "++-", "-UD")]                       // init_fail: rise counts from the start on
    [InlineData(2, 1, true, "+-++", "-DDU")]
    [InlineData(1, 2, true, "-+", "DU")]
    public void Rise_and_fall_count_results_in_succession(int rise, int fall, bool initFail, string results, string expected)
    {
        ScriptTrackState state = ScriptTracker.Initial(rise, initFail);
        Assert.Equal(TrackStatus.Unknown, state.Status);
        string seen = string.Concat(results.Select(result => Letter((state = ScriptTracker.Step(rise, fall, state, result == '+')).Status)));
        Assert.Equal(expected, seen);
    }

    [Fact]
    public void Fall_failures_always_suffice_and_so_do_rise_successes()
    {
        var random = new Random(1);
        for (int round = 0; round < 2_000; round++)
        {
            (int rise, int fall) = (random.Next(1, 6), random.Next(1, 6));
            ScriptTrackState state = ScriptTracker.Initial(rise, random.Next(2) == 0);
            for (int i = random.Next(20); i > 0; i--)
            {
                state = ScriptTracker.Step(rise, fall, state, random.Next(2) == 0);
                Assert.InRange(state.Count, 0, rise + fall - 1);
                Assert.Equal(state.Count >= rise, state.Status == TrackStatus.Up);
            }

            bool up = random.Next(2) == 0;
            for (int i = 0; i < (up ? rise : fall); i++)
            {
                state = ScriptTracker.Step(rise, fall, state, up);
            }

            Assert.Equal(up ? TrackStatus.Up : TrackStatus.Down, state.Status);
        }
    }

    private static char Letter(TrackStatus status) => status switch { TrackStatus.Up => 'U', TrackStatus.Down => 'D', _ => '-' };
}
