using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Hooks;

public sealed class HookValuesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_put_is_there_after_a_restart_for_its_own_file_only()
    {
        using (var before = new HookValues(_directory.Path))
        {
            await before.PutAsync("/a.js", "k", "1", default);
            await before.PutAsync("/a.js", "k", "{\"n\":2}", default);
        }

        using var after = new HookValues(_directory.Path);
        Assert.Equal("{\"n\":2}", await after.GetAsync("/a.js", "k", default));
        Assert.Null(await after.GetAsync("/b.js", "k", default));
        await after.DeleteAsync("/a.js", "k", default);
        Assert.Null(await after.GetAsync("/a.js", "k", default));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "1", false)]
    [InlineData("1", "1", true)]
    [InlineData("1", "2", false)]
    [InlineData("1", null, false)]
    public async Task Compare_and_set_sets_only_what_is_as_expected(string? present, string? expected, bool sets)
    {
        using var values = new HookValues(_directory.Path);
        if (present is not null)
        {
            await values.PutAsync("/a.js", "k", present, default);
        }

        Assert.Equal(sets, await values.CompareAndSetAsync("/a.js", "k", expected, "3", default));
        Assert.Equal(sets ? "3" : present, await values.GetAsync("/a.js", "k", default));
    }

    [Fact]
    public async Task Of_many_who_count_at_once_none_is_lost()
    {
        using var values = new HookValues(_directory.Path);
        await values.PutAsync("/a.js", "n", "0", default);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int done = 0; done < 25;)
            {
                string? now = await values.GetAsync("/a.js", "n", default);
                done += await values.CompareAndSetAsync("/a.js", "n", now, $"{int.Parse(now!, System.Globalization.CultureInfo.InvariantCulture) + 1}", default) ? 1 : 0;
            }
        })));
        Assert.Equal("200", await values.GetAsync("/a.js", "n", default));
    }
}
