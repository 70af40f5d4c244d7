using System.Collections.Concurrent;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Keepalived.Es.NodeRuntime.Tracking;

namespace Keepalived.Es.NodeRuntime.Tests.Tracking;

public sealed class TrackedFilesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly ConcurrentQueue<(string Name, int Value)> _values = [];
    private readonly ConcurrentQueue<string> _complaints = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_change_is_told_however_it_comes()
    {
        string path = _folder["a"];
        await File.WriteAllTextAsync(path, "5\n", TestContext.Current.CancellationToken);
        using TrackedFiles files = Watch(new TrackFileSettings("a", Span, path), new TrackFileSettings("absent", Span, _folder["b"]));
        Assert.Equal([("a", 5), ("absent", 0)], _values);        // known before it is asked for
        await ChangeAsync(("a", 7), () => File.WriteAllText(path, " 7 of them\n"));
        await ChangeAsync(("absent", -3), () => File.WriteAllText(_folder["b"], "-3"));
        await File.WriteAllTextAsync(_folder["new"], "9", TestContext.Current.CancellationToken);
        await ChangeAsync(("a", 9), () => File.Move(_folder["new"], path, overwrite: true));
        await ChangeAsync(("a", 0), () => File.Delete(path));
        await ChangeAsync(("a", 4), () => File.WriteAllText(path, "4"));
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task A_number_out_of_range_leaves_the_former_value_and_no_number_is_0()
    {
        string path = _folder["a"];
        await File.WriteAllTextAsync(path, "5\n", TestContext.Current.CancellationToken);
        using TrackedFiles files = Watch(new TrackFileSettings("a", Span, path));
        await File.WriteAllTextAsync(path, "99999999999\n", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => !_complaints.IsEmpty, "a complaint");
        Assert.Equal([("a", 5)], _values);
        await ChangeAsync(("a", 0), () => File.WriteAllText(path, "none\n"));
        Assert.Equal(2, _complaints.Count);
    }

    [Fact]
    public async Task A_directory_may_come_and_go()
    {
        string path = Path.Combine(_folder["later"], "a");
        using TrackedFiles files = Watch(new TrackFileSettings("a", Span, path));
        Assert.Contains("cannot be watched yet: ENOENT", Assert.Single(_complaints), StringComparison.Ordinal);
        await ChangeAsync(("a", 6), () =>
        {
            Directory.CreateDirectory(_folder["later"]);
            File.WriteAllText(path, "6");
        });
        await ChangeAsync(("a", 0), () => Directory.Move(_folder["later"], _folder["away"]));
        await ChangeAsync(("a", 8), () =>
        {
            Directory.CreateDirectory(_folder["later"]);
            File.WriteAllText(path, "8");
        });
        await ChangeAsync(("a", 0), () => Directory.Delete(_folder["later"], recursive: true));
    }

    [Theory]                                                     // content before, init_file, overwrite, content then
    [InlineData(null, 3, false, "3\n")]
    [InlineData("5\n", 3, false, "5\n")]
    [InlineData("5\n", 3, true, "3\n")]
    [InlineData(null, null, false, null)]
    public void A_file_is_made_as_init_file_says(string? before, int? value, bool overwrite, string? then)
    {
        string path = _folder["a"];
        if (before is not null)
        {
            File.WriteAllText(path, before);
        }

        using TrackedFiles files = Watch(new TrackFileSettings("a", Span, path, InitialValue: value, Overwrite: overwrite));
        Assert.Equal(then, File.Exists(path) ? File.ReadAllText(path) : null);
        Assert.Equal([("a", then is null ? 0 : then[0] - '0')], _values);
    }

    private static readonly SourceSpan Span = new("test.conf", 1, 1, 1);

    private TrackedFiles Watch(params TrackFileSettings[] files) =>
        new(files, initialize: true, (file, value) => _values.Enqueue((file.Name, value)), (_, complaint) => _complaints.Enqueue(complaint));

    private async Task ChangeAsync((string Name, int Value) expected, Action change)
    {
        _values.Clear();
        change();
        await Until.TrueAsync(() => _values.Contains(expected), $"{expected}");
    }
}
