using System.Text.Json;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;

namespace Keepalived.Es.Lab.Outages;

/// <summary>What is on record at the control plane, through the machines again, by the auditor's command line.</summary>
internal sealed class ReplayClaims(NetnsLab lab, LabControlPlane controlPlane)
{
    /// <summary>Every transition of these nodes, every fail-over and split is decided again as it was, and so is the last fail-over in the simulation.</summary>
    internal async Task DecideAsRecordedAsync(params IEnumerable<LabNode> nodes)
    {
        foreach (NodeRecord record in nodes.SelectMany(node => node.Journal.Rows()).Where(row => row.Event is ITransitionEvent).Select(row => row.Record))
        {
            string id = NodeRecord.EventId(record.Node, record.Boot, record.Sequence).ToString();
            CommandResult replay = await controlPlane.KesAsync("audit", "replay", id);
            await lab.ThatAsync($"the replay of {record.Node}'s {record.Type} {record.Sequence} decides as the node did: {replay}", replay.ExitCode == 0);
        }

        IReadOnlyList<JsonElement> incidents = [];
        await lab.UntilAsync("a fail-over is on record", async () => (incidents = await IncidentsAsync("fail-over")).Count > 0);
        foreach (string id in incidents.Concat(await IncidentsAsync("two-masters")).Select(incident => incident.GetProperty("id").GetString()!))
        {
            CommandResult replay = await controlPlane.KesAsync("audit", "replay", id);
            await lab.ThatAsync($"the replay of {id} decides as the nodes did: {replay}", replay.ExitCode == 0);
        }

        CommandResult again = await controlPlane.KesAsync("what-if", incidents[0].GetProperty("id").GetString()!, "--json");
        await lab.ThatAsync($"the last fail-over can be tried again: {again}", again.ExitCode == 0);
        JsonElement report = JsonElement.Parse(again.Output);
        await lab.ThatAsync(
            $"the unchanged configuration gives the recorded outcome: recorded {Transitions(report, "recorded")}; simulated {Transitions(report, "unchanged")}: {again}",
            report.GetProperty("faithful").GetBoolean());
    }

    /// <summary>Chains are whole, decisions as recorded, and every record covered by a signature of its node.</summary>
    internal async Task AreProvedAsync()
    {
        CommandResult verify = await controlPlane.KesAsync("audit", "verify", "--json");
        await lab.ThatAsync($"the record is proved: {verify}", verify.ExitCode == 0);
        JsonElement looked = JsonElement.Parse(verify.Output).GetProperty("looked");
        await lab.ThatAsync(
            $"by signatures of all nodes: {verify}", looked.GetProperty("signatures").GetInt64() > 0 && looked.GetProperty("unsigned").GetInt64() == 0);
    }

    /// <summary>The latest first.</summary>
    internal async Task<IReadOnlyList<JsonElement>> IncidentsAsync(string kind)
    {
        CommandResult list = await controlPlane.KesAsync("incidents", "list", "--kind", kind, "--json");
        await lab.ThatAsync($"incidents are listed: {list}", list.ExitCode == 0);
        return [.. JsonElement.Parse(list.Output).EnumerateArray()];
    }

    private static string Transitions(JsonElement report, string outcome) => string.Join(", ", report.GetProperty(outcome).GetProperty("transitions").EnumerateArray()
        .Select(t => $"{t.GetProperty("at")} {t.GetProperty("node")} {t.GetProperty("to")}"));
}
