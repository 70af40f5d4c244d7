using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class InboxTests : IDisposable
{
    private readonly Inbox<(int Producer, int Number)> _inbox = new(4);

    public void Dispose() => _inbox.Dispose();

    [Fact]
    public void It_takes_as_many_as_it_holds_and_gives_them_back_in_order()
    {
        Assert.Equal([true, true, true, true, false], Enumerable.Range(0, 5).Select(number => _inbox.TryAdd((0, number))));
        Assert.True(_inbox.Take(out (int, int Number) first));
        Assert.True(_inbox.TryAdd((0, 5)));
        Assert.Equal([0, 1, 2, 3, 5], new[] { first.Number }.Concat(Rest()));
    }

    [Fact]
    public async Task Closing_ends_a_wait_and_what_was_taken_in_can_still_be_taken()
    {
        Task<bool> waiting = Task.Factory.StartNew(() => _inbox.Take(out _), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(_inbox.TryAdd((0, 1)));
        await Until.EndsAsync(waiting, "the wait for the first");
        Assert.True(await waiting);
        Task<bool> pausing = Task.Factory.StartNew(() => _inbox.Pause(TimeSpan.FromHours(1)), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.True(_inbox.TryAdd((0, 2)));
        _inbox.Close();
        await Until.EndsAsync(pausing, "the pause");
        Assert.False(await pausing);
        Assert.False(_inbox.TryAdd((0, 3)));
        Assert.Equal([2], Rest());
        Assert.False(_inbox.Take(out _));
    }

    [Fact]
    public async Task Whatever_many_add_is_taken_once_and_in_the_order_of_each()
    {
        const int Producers = 4, Each = 5_000;
        Task[] producing = [.. Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
        {
            for (int number = 0; number < Each; number++)
            {
                while (!_inbox.TryAdd((producer, number)))
                {
                    Thread.Yield();
                }
            }
        }))];
        var next = new int[Producers];
        for (int taken = 0; taken < Producers * Each; taken++)
        {
            Assert.True(_inbox.Take(out (int Producer, int Number) item));
            Assert.Equal(next[item.Producer]++, item.Number);
        }

        await Task.WhenAll(producing);
        Assert.False(_inbox.TryTake(out _));
    }

    private IEnumerable<int> Rest()
    {
        while (_inbox.TryTake(out (int, int Number) item))
        {
            yield return item.Number;
        }
    }
}
