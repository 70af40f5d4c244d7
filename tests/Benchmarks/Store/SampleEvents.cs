using System.Globalization;
using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Benchmarks.Store;

/// <summary>Events of about 1 KB of JSON, made beforehand so that making them costs nothing while it is measured.</summary>
internal static class SampleEvents
{
    internal const string Tenant = "site-1";
    internal const string Type = "hook_finished";
    private const int Different = 1_000;
    private static readonly DateTimeOffset Origin = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly NewEvent[] All = [.. Enumerable.Range(0, Different).Select(Make)];

    internal static string DotNetType { get; } = EventCatalog.DotNetTypeOf(Type)!;

    /// <summary>The next event, with an id of its own.</summary>
    internal static NewEvent Next(long number) => All[number % Different] with { Id = Guid.CreateVersion7() };

    private static NewEvent Make(int number)
    {
        var random = new Random(number);
        string output = string.Concat(Enumerable.Range(0, 50).Select(_ => random.NextInt64().ToString("x16", CultureInfo.InvariantCulture)));
        var body = new HookFinished($"node-{number % 50}", "notify_master VI_1", number, 0, null, null, TimeSpan.FromMilliseconds(number), output);
        return new NewEvent(
            default, Type, EventCatalog.Serialize(body).GetRawText(), Origin.AddSeconds(number), $"node-{number % 50}/boot-1/{number}", null,
            JsonSerializer.Serialize(new { node = $"node-{number % 50}", boot = "boot-1", seq = number }));
    }
}
