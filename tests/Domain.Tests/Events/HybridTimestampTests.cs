using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Domain.Tests.Events;

/// <summary>Kulkarni et al., "Logical Physical Clocks", 2014: algorithm of figure 5 and what section 4 proves of it.</summary>
public sealed class HybridTimestampTests
{
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(500);

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 100).Select(seed => new TheoryDataRow<int>(seed));

    [Theory]                                                     // clock, wall -> next
    [InlineData(100, 5, 101, 101, 0)]
    [InlineData(100, 5, 100, 100, 6)]
    [InlineData(100, 5, 99, 100, 6)]
    [InlineData(0, 0, 0, 0, 1)]
    [InlineData(100, 65_535, 50, 101, 0)]                        // the counter runs over into the milliseconds and stays above
    public void A_local_event_takes_the_wall_clock_or_counts(long ms, int counter, long wall, long expectedMs, int expectedCounter) =>
        Assert.Equal(At(expectedMs, expectedCounter), At(ms, counter).Tick(wall));

    [Theory]                                                     // clock, remote, wall -> next: the four cases of "receive"
    [InlineData(100, 5, 90, 9, 110, 110, 0)]
    [InlineData(100, 5, 100, 9, 90, 100, 10)]
    [InlineData(100, 9, 100, 5, 90, 100, 10)]
    [InlineData(100, 5, 90, 9, 80, 100, 6)]
    [InlineData(90, 5, 100, 9, 80, 100, 10)]
    [InlineData(90, 5, 100, 9, 100, 100, 10)]
    public void A_receipt_is_above_both(long ms, int counter, long remoteMs, int remoteCounter, long wall, long expectedMs, int expectedCounter) =>
        Assert.Equal(At(expectedMs, expectedCounter), At(ms, counter).Merge(At(remoteMs, remoteCounter), wall, Ahead));

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    [InlineData(1L << 46, false)]
    public void A_clock_too_far_ahead_is_not_adopted(long ahead, bool adopted) =>
        Assert.Equal(adopted ? At(1_000 + ahead, 1) : At(1_000, 1), At(1_000, 0).Merge(At(1_000 + ahead, 0), 1_000, Ahead));

    [Theory, MemberData(nameof(Seeds))]
    public void What_happened_before_has_the_smaller_time_and_no_clock_strays_from_the_walls(int seed)
    {
        var random = new Random(seed);
        long[] offset = [.. Enumerable.Range(0, 4).Select(_ => random.NextInt64(0, 200))];        // the nodes' wall clocks differ by less than 200 ms
        var clock = new HybridTimestamp[4];
        var messages = new Queue<HybridTimestamp>();
        long time = 1_000_000;
        for (int step = 0; step < 500; step++)
        {
            time += random.Next(3);
            int node = random.Next(4);
            HybridTimestamp before = clock[node];
            HybridTimestamp received = default;
            if (random.Next(2) == 0 && messages.TryDequeue(out received))
            {
                clock[node] = before.Merge(received, time + offset[node], Ahead);
            }
            else
            {
                clock[node] = before.Tick(time + offset[node]);
                messages.Enqueue(clock[node]);
            }

            Assert.True(clock[node] > before && clock[node] > received, $"seed {seed}, step {step}");
            Assert.InRange(clock[node].Milliseconds, time, time + 200);
        }
    }

    [Theory]
    [InlineData("0000000000000000", 0)]
    [InlineData("00000000000a0007", 0xA0007)]
    [InlineData("7fffffffffffffff", long.MaxValue)]
    public void The_text_is_sixteen_hex_digits_that_sort_like_the_times(string text, long packed)
    {
        Assert.Equal(packed, HybridTimestamp.Parse(text).Packed);
        Assert.Equal(text, new HybridTimestamp(packed).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("00000000000000000")]
    [InlineData("000000000000000g")]
    [InlineData(" 00000000000000a")]
    [InlineData("+00000000000000a")]
    public void Another_text_is_refused_with_what_is_allowed(string text) =>
        Assert.Equal($"hybrid timestamp '{text}': 16 hex digits are allowed", Assert.Throws<FormatException>(() => HybridTimestamp.Parse(text)).Message);

    [Fact]
    public void Times_compare_by_milliseconds_then_counter()
    {
        var random = new Random(1);
        HybridTimestamp[] times = [.. Enumerable.Range(0, 200).Select(_ => At(random.Next(5), random.Next(5)))];
        foreach ((HybridTimestamp a, HybridTimestamp b) in times.Zip(times.Reverse()))
        {
            int expected = (a.Milliseconds, a.Counter).CompareTo((b.Milliseconds, b.Counter));
            Assert.Equal(expected, Math.Sign(a.CompareTo(b)));
            bool[] relations = [a < b, b < a, a <= b, a >= b];
            Assert.Equal([expected < 0, expected > 0, expected <= 0, expected >= 0], relations);
            Assert.Equal(expected > 0, a > b);
            Assert.Equal(expected, Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())));
        }
    }

    private static HybridTimestamp At(long ms, int counter) => new((ms << 16) | (uint)counter);
}
