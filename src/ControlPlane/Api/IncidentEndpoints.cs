using System.Text.Json;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>What somebody says about an incident.</summary>
/// <param name="By">Who, 1 to 128 characters.</param>
/// <param name="Text">An annotation, 1 to 4096 characters; null: none.</param>
/// <param name="Acknowledge">True: has seen it.</param>
/// <param name="AssignTo">Who takes care from here on, 1 to 128 characters; null: as before.</param>
public sealed record IncidentRemark(string By, string? Text = null, bool Acknowledge = false, string? AssignTo = null);

/// <summary><c>/v1/incidents</c></summary>
internal static class IncidentEndpoints
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 10_000;
    private const int LongestName = 128;
    private const int LongestText = 4096;

    internal static async Task<IResult> ListAsync(
        string? from, string? to, bool? open, string? kind, string? node, string? site, int? limit, IncidentListStore incidents, CancellationToken stop)
    {
        DateTimeOffset? first = from is null ? null : QueryTime.Read(from);
        DateTimeOffset? last = to is null ? null : QueryTime.Read(to);
        if (from is not null && first is null || to is not null && last is null || first > last)
        {
            return Answer.Error(400, $"from '{from}', to '{to}': {QueryTime.Form}, and from is before to");
        }

        if (limit is < 1 or > LargestLimit)
        {
            return Answer.Error(400, $"limit {limit} is out of range, allowed 1 to {LargestLimit}");
        }

        if (kind is not null && KindOf(kind) is null)
        {
            return Answer.Error(400, $"kind '{kind}': {string.Join(", ", Enum.GetValues<IncidentKind>().Select(Incidents.Detection.IncidentBook.Slug))} are known");
        }

        return Answer.Ok(await incidents.ListAsync(
            new IncidentQuery(first, last, open ?? false, kind is null ? null : KindOf(kind), node, site, limit ?? DefaultLimit), stop));
    }

    internal static Task<IResult> GetAsync(string id, IncidentListStore incidents, CancellationToken stop) =>
        WithAsync(id, incidents, incident => Task.FromResult(Answer.Ok(incident)), stop);

    internal static Task<IResult> BundleAsync(string id, IncidentListStore incidents, BundleReader bundles, TimeProvider time, CancellationToken stop) =>
        WithAsync(id, incidents, async incident => Answer.Ok(await bundles.ReadAsync(incident, time.GetUtcNow(), stop)), stop);

    internal static async Task<IResult> RemarkAsync(
        string id, HttpContext http, IncidentListStore incidents, IEventStore events, TimeProvider time, CancellationToken stop)
    {
        IncidentRemark? remark;
        try
        {
            remark = await http.Request.ReadFromJsonAsync<IncidentRemark>(ApiJson.Options, stop);
        }
        catch (JsonException malformed)
        {
            return Answer.Error(400, malformed.Message);
        }

        if (remark is null || Problem(remark) is { } problem && problem.Length > 0)
        {
            return Answer.Error(400, remark is null ? "a JSON object is expected" : Problem(remark));
        }

        return await WithAsync(id, incidents, async incident => Answer.Ok(await AppendAsync(incident, remark, events, time.GetUtcNow(), stop)), stop);
    }

    internal static Task<IReadOnlyList<AppendedEvent>> AppendAsync(
        IncidentView incident, IncidentRemark remark, IEventStore events, DateTimeOffset now, CancellationToken stop) => events.AppendAsync(
        incident.Site, $"incident/{incident.Id}", null, [.. Events(incident.Id, remark).Select(e => IncidentRecords.NewEvent(e, now))], stop);

    private static IEnumerable<IIncidentEvent> Events(string id, IncidentRemark remark)
    {
        if (remark.Text is { } text)
        {
            yield return new IncidentAnnotated(id, remark.By, text);
        }

        if (remark.Acknowledge)
        {
            yield return new IncidentAcknowledged(id, remark.By);
        }

        if (remark.AssignTo is { } to)
        {
            yield return new IncidentAssigned(id, remark.By, to);
        }
    }

    /// <returns>What is wrong with it; empty: nothing.</returns>
    internal static string Problem(IncidentRemark remark) => remark switch
    {
        { By: null or { Length: 0 or > LongestName } } => $"by: 1 to {LongestName} characters say who",
        { Text: { Length: 0 or > LongestText } } => $"text: 1 to {LongestText} characters are allowed, seen {remark.Text.Length}",
        { AssignTo: { Length: 0 or > LongestName } } => $"assignTo: 1 to {LongestName} characters say who takes care, seen {remark.AssignTo.Length}",
        { Text: null, Acknowledge: false, AssignTo: null } => "one of text, acknowledge and assignTo is needed",
        _ => "",
    };

    private static IncidentKind? KindOf(string text) =>
        Enum.GetValues<IncidentKind>().Cast<IncidentKind?>().FirstOrDefault(kind => Incidents.Detection.IncidentBook.Slug(kind!.Value) == text);

    private static async Task<IResult> WithAsync(string id, IncidentListStore incidents, Func<IncidentView, Task<IResult>> answer, CancellationToken stop)
    {
        (IncidentView? incident, IReadOnlyList<string> candidates) = await incidents.FindAsync(id, stop);
        return incident is not null
            ? await answer(incident)
            : Answer.Error(404, candidates.Count == 0
                ? $"incident '{id}' is not on record; 'kes incidents list' lists what is"
                : $"incident '{id}': several begin so: {string.Join(", ", candidates)}");
    }
}
