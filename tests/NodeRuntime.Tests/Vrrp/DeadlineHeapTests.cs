using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Vrrp;

public sealed class DeadlineHeapTests
{
    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 50).Select(seed => new TheoryDataRow<int>(seed));

    [Theory, MemberData(nameof(Seeds))]
    public void The_first_is_always_the_earliest(int seed)
    {
        var random = new Random(seed);
        int count = random.Next(1, 40);
        var heap = new DeadlineHeap(count);
        TimeSpan[] reference = [.. Enumerable.Repeat(VrrpState.Never, count)];
        for (int step = 0; step < 2_000; step++)
        {
            int instance = random.Next(count);
            reference[instance] = random.Next(5) == 0 ? VrrpState.Never : TimeSpan.FromTicks(random.Next(3) == 0 ? random.Next(5) : random.NextInt64(1_000_000));
            heap.Set(instance, reference[instance]);
            Assert.True(heap.Next == reference.Min() && reference[heap.First] == heap.Next, $"seed {seed}, step {step}: {string.Join(' ', reference)}");
        }
    }

    [Fact]
    public void Without_deadlines_there_is_none()
    {
        Assert.Equal(VrrpState.Never, new DeadlineHeap(0).Next);
        Assert.Equal(VrrpState.Never, new DeadlineHeap(3).Next);
    }

    [Fact]
    public void Taking_the_first_again_and_again_sorts()
    {
        var random = new Random(1);
        TimeSpan[] deadlines = [.. Enumerable.Range(0, 500).Select(_ => TimeSpan.FromTicks(random.Next(300)))];
        var heap = new DeadlineHeap(deadlines.Length);
        for (int i = 0; i < deadlines.Length; i++)
        {
            heap.Set(i, deadlines[i]);
        }

        var taken = new List<TimeSpan>();
        while (heap.Next != VrrpState.Never)
        {
            taken.Add(heap.Next);
            heap.Set(heap.First, VrrpState.Never);
        }

        Assert.Equal(deadlines.Order(), taken);
    }

    [Fact]
    public void Setting_allocates_nothing()
    {
        var heap = new DeadlineHeap(100);
        heap.Set(1, TimeSpan.Zero);
        Allocations.None(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                heap.Set(i % 100, TimeSpan.FromTicks(i * 7919 % 1000));
            }
        });
    }
}
