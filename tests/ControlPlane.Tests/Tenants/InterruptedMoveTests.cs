using Keepalived.Es.ControlPlane.Tests.Support;
using static Keepalived.Es.ControlPlane.Tests.Tenants.Places;

namespace Keepalived.Es.ControlPlane.Tests.Tenants;

/// <summary>Moves that end on the way, at each request of the command, before it is done or after; begun again, or given up.</summary>
public sealed class InterruptedMoveTests(PrivatePostgres postgres) : IAsyncLifetime
{
    private const int Records = 30;
    private Places _places = null!;
    private CuttingProxy _here = null!;
    private CuttingProxy _there = null!;

    public async ValueTask InitializeAsync()
    {
        _places = await StartAsync(postgres);
        (_here, _there) = (await CuttingProxy.StartAsync(_places.Here.Address), await CuttingProxy.StartAsync(_places.There.Address));
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        await _places.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Begun_again_it_goes_on_and_nothing_is_lost_or_doubled(bool done)
    {
        bool cut = true;
        for (int at = 1; cut; at++)
        {
            string site = $"s{at}";
            using Sender node = await FilledAsync(site);
            cut = await CutMoveAsync(site, at, done);
            await AssertAtMostOneAsync(node);
            Assert.Equal((0, ""), await RunAsync(site));
            await AssertAtMostOneAsync(node);
            Assert.Equal((0, ""), await RunAsync(site));
            await AssertLivesThereAsync(node, site);
        }

        await _places.ThereStore.AssertConsistentAsync();
        Assert.Equal(0L, await _places.ThereStore.ScalarAsync<long>("select count(*) from {s}.kes_arrivals"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Given_up_it_leaves_the_site_where_it_was_unless_it_was_handed_over(bool done)
    {
        bool cut = true;
        for (int at = 3; cut; at++)
        {
            string site = $"s{at}";
            using Sender node = await FilledAsync(site);
            cut = await CutMoveAsync(site, at, done);
            bool handedOver = await StateAsync(_places.Here, site) == "Moved";
            (int exit, string error) = await RunAsync(site, "--abort");
            Assert.Equal(handedOver, exit == 1 && error.Contains("the move can only go on", StringComparison.Ordinal));
            if (!handedOver)
            {
                Assert.Equal((0, ""), (exit, error));
                Assert.Equal((0, ""), await RunAsync(site, "--abort"));
                Assert.Equal("Here", await StateAsync(_places.Here, site));
                Assert.NotEqual(200, (await node.SendAsync(_places.There, 1)).Status);
                Assert.Equal(200, (await node.SendAsync(_places.Here, 5)).Status);
                Assert.DoesNotContain($" {site} ", (await _places.There.RunAsync("nodes", "list")).Out, StringComparison.Ordinal);
            }

            await AssertAtMostOneAsync(node);
            Assert.Equal((0, ""), await RunAsync(site));
            await AssertLivesThereAsync(node, site);
        }

        await _places.ThereStore.AssertConsistentAsync();
    }

    [Fact]
    public async Task There_and_back_again()
    {
        using Sender node = await FilledAsync(TestStore.Tenant);
        await MoveAsync(_places.Here, _places.There);
        Assert.Equal(200, (await node.SendAsync(_places.There, 5)).Status);
        await MoveAsync(_places.There, _places.Here);
        Assert.Equal($"{Url(_places.Here)}/v1/ingest", (await node.SendAsync(_places.There, 1)).Location);
        Assert.Equal(200, (await node.SendAsync(_places.Here, 5)).Status);
        await MoveAsync(_places.Here, _places.There);
        await AssertLivesThereAsync(node, TestStore.Tenant);
        await _places.HereStore.AssertConsistentAsync();
    }

    /// <summary>A node of the site, of whose records the server has half, one of its streams archived and opened again.</summary>
    private async Task<Sender> FilledAsync(string site)
    {
        Sender node = await Sender.AtAsync(_places.Here, new NodeScript("node-a").Fill(Records), site);
        Assert.Equal(200, (await node.SendAsync(_places.Here, 10)).Status);
        await _places.Here.RunAsync("store", "archive", node.Script.Lines[0].Record.Stream, "--site", site);
        await _places.Here.RunAsync("store", "archive", node.Script.Lines[1].Record.Stream, "--site", site);
        Assert.Equal(200, (await node.SendAsync(_places.Here, 1)).Status);
        return node;
    }

    /// <returns>False: the command had ended before the request.</returns>
    private async Task<bool> CutMoveAsync(string site, int at, bool done)
    {
        Cut cut = new(at, done);
        (_here.Cut, _there.Cut) = (cut, cut);
        (int exit, string error) = await RunAsync(site);
        (_here.Cut, _there.Cut) = (new Cut(0, false), new Cut(0, false));
        Assert.True(cut.Requests >= at == (exit != 0), $"request {at} of {cut.Requests}: {exit} {error}");
        return cut.Requests >= at;
    }

    private async Task<(int Exit, string Error)> RunAsync(string site, params string[] more)
    {
        (int exit, _, string error) = await _places.Here.RunAtAsync(
            _here.Address, ["store", "move-tenant", site, "--to", _there.Place, "--to-token-file", _places.There.TokenFile, .. more]);
        return (exit, error);
    }

    private async Task AssertAtMostOneAsync(Sender node)
    {
        int here = (await node.SendAsync(_places.Here, 1)).Status;
        int there = (await node.SendAsync(_places.There, 1)).Status;
        Assert.True((here, there) is (200 or 308 or 503, 401 or 503) or (308, 200) or (200, 308), $"{here} {there}");
    }

    private async Task AssertLivesThereAsync(Sender node, string site)
    {
        Assert.Equal(("Moved", "Here"), (await StateAsync(_places.Here, site), await StateAsync(_places.There, site)));
        Assert.Equal(200, (await node.SendAsync(_places.There, Records - (int)node.Acknowledged)).Status);
        Assert.Equal((Records, 0), await VerifyAsync(_places.There, site) is var (records, _, unsigned) ? (records, unsigned) : default);
        Assert.Equal(await ArchivedAsync(_places.HereStore, site), await ArchivedAsync(_places.ThereStore, site));
    }

    private static Task<string> ArchivedAsync(TestStore store, string site) => store.ScalarAsync<string>(
        $"select string_agg(stream_id || ' ' || version, ', ' order by stream_id, version) from {{s}}.mt_events where tenant_id = '{site}' and is_archived");
}
