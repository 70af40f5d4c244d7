using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>GET /v1/audit/node|instance|address|availability|runs|health|config</c></summary>
internal static class ViewEndpoints
{
    internal const int DefaultLimit = 1_000;
    internal const int LargestLimit = 10_000;

    /// <summary>What a history shows when nobody says from when.</summary>
    internal static readonly TimeSpan DefaultStretch = TimeSpan.FromDays(1);

    internal static Task<IResult> NodeAsync(
        string node, string? site, string? at, bool? config, ViewReader views, TimeProvider time, CancellationToken stop) => AnswerAsync(async () =>
    {
        DateTimeOffset moment = at is null ? time.GetUtcNow() : QueryTime.Read(at) ?? throw new ViewException($"at '{at}': {QueryTime.Form}", missing: false);
        return await views.NodeAsync(site, node, moment, config ?? false, stop);
    });

    internal static Task<IResult> InstanceAsync(
        string node, string instance, string? site, string? from, string? to, ViewReader views, TimeProvider time, CancellationToken stop) =>
        AnswerAsync(() => views.InstanceAsync(site, node, instance, Read(from, to, time), stop));

    internal static Task<IResult> AddressAsync(
        string address, string? site, string? from, string? to, ViewReader views, TimeProvider time, CancellationToken stop) =>
        AnswerAsync(() => views.AddressAsync(site, address, Read(from, to, time), stop));

    internal static Task<IResult> AvailabilityAsync(
        string? address, string? site, string? from, string? to, ViewReader views, TimeProvider time, CancellationToken stop) =>
        AnswerAsync(() => views.AvailabilityAsync(site, address, Read(from, to, time), stop));

    internal static Task<IResult> RunsAsync(
        string? node, string? site, string? hook, bool? failed, string? from, string? to, int? limit, RecordReader records, TimeProvider time,
        CancellationToken stop) =>
        AnswerAsync(() => records.RunsAsync(site, node, hook, failed ?? false, Read(from, to, time), Limit(limit), stop));

    internal static Task<IResult> HealthAsync(
        string service, string? server, string? node, string? site, string? from, string? to, int? limit, ViewReader views, TimeProvider time,
        CancellationToken stop) =>
        AnswerAsync(() => views.HealthAsync(site, node, service, server, Read(from, to, time), Limit(limit), stop));

    internal static Task<IResult> ConfigAsync(
        string node, string? site, string? from, string? to, bool? diff, ViewReader views, TimeProvider time, CancellationToken stop) =>
        AnswerAsync(() => views.ConfigurationAsync(site, node, Read(from, to, time), diff ?? false, stop));

    /// <summary>A stretch up to now, or to an end that is not in the future.</summary>
    /// <exception cref="ViewException">Not of the form, or from is not before to.</exception>
    internal static Stretch Read(string? from, string? to, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset? end = to is null ? now : QueryTime.Read(to);
        end = end > now ? now : end;
        DateTimeOffset? start = from is null ? end - DefaultStretch : QueryTime.Read(from);
        return start is { } first && end is { } last && first < last
            ? new Stretch(first, last)
            : throw new ViewException($"from '{from}', to '{to}': {QueryTime.Form}, and from is before to and before now", missing: false);
    }

    private static int Limit(int? limit) => limit is < 1 or > LargestLimit
        ? throw new ViewException($"limit {limit} is out of range, allowed 1 to {LargestLimit}", missing: false)
        : limit ?? DefaultLimit;

    private static async Task<IResult> AnswerAsync<T>(Func<Task<T>> view)
    {
        try
        {
            return Answer.Ok(await view());
        }
        catch (ViewException refused)
        {
            return Answer.Error(refused.IsMissing ? 404 : 400, refused.Message);
        }
    }
}
