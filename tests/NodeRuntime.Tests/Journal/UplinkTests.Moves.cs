using System.Text;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using static Keepalived.Es.NodeRuntime.Tests.Journal.JournalFixture;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <content>The node's site is carried to another control plane.</content>
public sealed partial class UplinkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_site_that_moves_is_followed_and_no_record_is_lost_or_doubled(int seed)
    {
        var random = new Random(seed);
        await using var there = new FakeControlPlane();
        (int leaving, int arriving) = (random.Next(4), random.Next(3));
        bool left = false;
        _plane.Script = (number, _) =>
        {
            if (number < leaving)
            {
                return null;
            }

            if (!left)
            {
                left = true;
                _plane.Boots.ToList().ForEach(boot => there.SetBack(boot.Key, boot.Value.Head, boot.Value.Hash));
            }

            return new Upset(308, "{}", Location: there.Url);
        };
        there.Script = (number, _) => number < arriving ? new Upset(503, "{}") : null;
        Write("boot-1", 1, 2_500);
        JournalWriter writer = Start("boot-2");
        Uplink uplink = Uplink(writer);
        writer.Record(Numbered(2_501));
        await AcknowledgedAsync(2_501);
        writer.Record(Numbered(2_502));
        await AcknowledgedAsync(2_502);
        Assert.Equal(ReadAll(_directory.Path).Select(row => Encoding.UTF8.GetString(row.Canonical)), _plane.Stored.Concat(there.Stored));
        Assert.Equal(_plane.Exchanges.First().Authorization, there.Exchanges.First().Authorization);
        Assert.NotNull(there.Exchanges.First().Authorization);
        Assert.Empty(there.Violations);
        int seen = _plane.Exchanges.Count;
        await Until.TrueAsync(() => there.Exchanges.Count > arriving + 5, "heartbeats go there");
        Assert.Equal(seen, _plane.Exchanges.Count);

        await StopAsync(writer, uplink);
        Uplink(Start("boot-3"));
        await Until.TrueAsync(() => _plane.Exchanges.Count > seen, "after a start the configured one is asked again");
    }

    [Fact]
    public async Task A_circle_of_addresses_is_not_followed_and_keeps_the_records()
    {
        await using var there = new FakeControlPlane();
        _plane.Script = (_, _) => new Upset(308, "{}", Location: there.Url);
        there.Script = (_, _) => new Upset(308, "{}", Location: _plane.Url);
        JournalWriter writer = Start("boot-1");
        Uplink(writer);
        writer.Record(Numbered(1));
        await Until.TrueAsync(() => _plane.Exchanges.Count > 4, "the configured one is asked again and again");
        Assert.Equal(0, Acknowledged());
        (_plane.Script, there.Script) = ((_, _) => null, (_, _) => null);
        await AcknowledgedAsync(1);
    }
}
