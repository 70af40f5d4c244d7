using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Web;

/// <summary>Runs of hooks, and what tracked scripts found.</summary>
internal static class RunsPage
{
    private const int Limit = 500;

    internal static async Task<IResult> GetAsync(
        string? node, string? hook, string? failed, string? from, string? to, string? site, HttpContext http, RecordReader records, TimeProvider time,
        CancellationToken stop)
    {
        Stretch asked = WebParts.Read(from, to, time.GetUtcNow(), Api.ViewEndpoints.DefaultStretch);
        HookRuns runs = await records.RunsAsync(Text(site), Text(node), Text(hook), failed == "true", asked, Limit, stop);
        return WebAnswer.Page("Hooks", WebParts.SessionOf(http), Markup.Of($"""
            <h1>Runs of hooks and scripts</h1>
            {WebParts.StretchForm("/runs", asked, Markup.Of($"""
            <label>Node <input name="node" value="{node}" size="14"></label><label>Hook contains <input name="hook" value="{hook}" size="18"></label>
            <label><input type="checkbox" name="failed" value="true"{(failed == "true" ? new Markup(" checked") : Markup.Empty)}> only failed ones</label>{NodePages.SiteField(site)}
            """))}
            {(runs.Runs.Count == 0
                ? Markup.Of($"<p>No run in this time.</p>")
                : WebParts.Table(
                    runs.Truncated ? $"The latest {Limit} runs" : "Runs, by the nodes' clocks", ["Started (UTC)", "Node", "Hook", "Took", "Result", "Outcome", "Output"],
                    runs.Runs.Reverse().Select(Row)))}
            """));
    }

    private static IReadOnlyList<Markup> Row(HookRun run) =>
    [
        WebParts.Time(run.Started), WebParts.Node(run.Node, run.Started),
        Markup.Of($"{run.Hook}{Markup.If(run.Command is not null, () => Markup.Of($"<br><code>{string.Join(' ', run.Command!)}</code>"))}"),
        run.Duration is { } took ? WebParts.Span(took) : Markup.Empty,
        run.Failed ? WebParts.Badge("Fault", "FAILED") : run.Duration is null ? WebParts.Badge("Unknown", "not ended") : WebParts.Badge("Master", "ok"),
        WebParts.Cell(run.Outcome), Markup.If(run.OutputTail.Length > 0, () => Markup.Of($"<pre>{run.OutputTail.TrimEnd()}</pre>")),
    ];

    private static string? Text(string? field) => string.IsNullOrWhiteSpace(field) ? null : field.Trim();
}
