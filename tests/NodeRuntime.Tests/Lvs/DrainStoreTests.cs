using Keepalived.Es.NodeRuntime.Lvs;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Lvs;

public sealed class DrainStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_is_saved_is_there_until_its_time_is_over()
    {
        var clock = new SettableTime(new DateTimeOffset(2026, 11, 25, 3, 0, 0, TimeSpan.Zero));
        var store = new DrainStore(_directory.Path, clock);
        Assert.Empty(store.Load());
        store.Save([new("[192.0.2.1]:tcp:80", "[198.51.100.1]:80", TimeSpan.FromMinutes(10)), new("FWM 7", "[198.51.100.2]:0", null)]);
        clock.Now += TimeSpan.FromMinutes(4);
        Assert.Equal(
            [new("[192.0.2.1]:tcp:80", "[198.51.100.1]:80", TimeSpan.FromMinutes(6)), new("FWM 7", "[198.51.100.2]:0", null)],
            new DrainStore(_directory.Path, clock).Load());
        clock.Now += TimeSpan.FromMinutes(6);
        Assert.Equal(["FWM 7"], store.Load().Select(drained => drained.Service));
        store.Save([]);
        Assert.Empty(store.Load());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("a\tb\n")]
    [InlineData("a\tb\tsoon\n")]
    [InlineData("a\tb\t-5\n")]
    [InlineData("a\tb\tc\td\n")]
    [InlineData("\0\u0001\n")]
    public void Lines_that_are_not_ours_are_passed_over(string text)
    {
        File.WriteAllText(Path.Combine(_directory.Path, "drained"), text);
        Assert.Empty(new DrainStore(_directory.Path, TimeProvider.System).Load());
    }

    private sealed class SettableTime(DateTimeOffset now) : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
