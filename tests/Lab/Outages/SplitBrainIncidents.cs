using System.Text.Json;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Lab.Reload;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Outages;

/// <summary>The switch drops VRRP between two nodes while both reach the control plane, and heals: one incident of two Masters, as long as the kernels had it.</summary>
public sealed class SplitBrainIncidents
{
    /// <summary>Between a record and what the kernel did lie the other effects of one step, on a busy machine.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    [LabTheory("postgres initdb keepalived nft")]
    [InlineData(DaemonKind.Ours, false)]
    [InlineData(DaemonKind.Keepalived, true)]
    [InlineData(DaemonKind.Keepalived, false)]
    public async Task A_partition_that_heals_is_exactly_one_incident_with_the_interval_that_can_be_known(DaemonKind peer, bool oneWay)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane controlPlane = await LabControlPlane.StartAsync(lab);
        ReplayClaims record = new(lab, controlPlane);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await controlPlane.EnrollAsync(a);
        if (peer == DaemonKind.Ours)
        {
            await controlPlane.EnrollAsync(b);
        }

        b.Start(peer, VrrpText.Version3.For(b, 100));
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        AddressMonitor kernel = await AddressMonitor.StartAsync(lab, b);

        await DropAsync(lab, oneWay ? $"iifname \"{NetnsLab.PortOf("a", "eth0")}\" ip protocol 112 drop" : "ip protocol 112 drop");
        await lab.UntilAsync("both hold the address", async () => await a.HoldsAsync(NetnsLab.Vip) && await b.HoldsAsync(NetnsLab.Vip));
        await lab.UntilAsync("the split lasts for some digests of a", () => DigestsSince(a, kernel.Moments(NetnsLab.Vip)[^1].At) > 1, TimeSpan.FromMinutes(1));
        bool isSeen = peer == DaemonKind.Ours || oneWay;
        await lab.UntilAsync(
            isSeen ? "the split is an open incident" : "nothing is known of the other side",
            async () => await record.IncidentsAsync("two-masters") is var open && (isSeen ? open is [var one] && End(one) is null : open.Count == 0));

        await Command.RunAsync("ip", ["netns", "exec", lab.Switch, "nft", "delete", "table", "bridge", "split"]);
        await lab.UntilHeldAloneByAsync(a);
        if (!isSeen && !await HeardAsync(lab, a, kernel))
        {
            await lab.ThatAsync("a heard nothing of b, which gave way at a's first advertisement: nothing is on record", (await record.IncidentsAsync("two-masters")).Count == 0);
            return;
        }

        await lab.UntilAsync(
            "the incident is closed, and is one", async () => await record.IncidentsAsync("two-masters") is [var one] && End(one) is not null, TimeSpan.FromMinutes(1));

        DateTimeOffset healed = kernel.Moments(NetnsLab.Vip)[^1].At;
        await lab.UntilAsync("both have said more", () => DigestsSince(a, healed) > 1, TimeSpan.FromMinutes(1));
        IReadOnlyList<JsonElement> all = await record.IncidentsAsync("two-masters");
        (DateTimeOffset At, bool Added)[] moments = [.. kernel.Moments(NetnsLab.Vip)];
        string seen = $"the kernel of b: {string.Join(", ", moments)}; on record: {string.Join(", ", all)}";
        await lab.ThatAsync($"b got the address once and lost it once: {seen}", moments is [{ Added: true }, { Added: false }]);
        await lab.ThatAsync($"one incident: {seen}", all.Count == 1);
        await lab.ThatAsync($"its start: {seen}", (Start(all[0]) - moments[isSeen ? 0 : 1].At).Duration() < Tolerance);
        await lab.ThatAsync($"its end: {seen}", (End(all[0])!.Value - moments[1].At).Duration() < Tolerance);
        if (peer == DaemonKind.Ours)
        {
            await record.DecideAsRecordedAsync(a, b);
        }
    }

    /// <summary>Who sends first after the healing decides whether the Master of higher priority ever hears the other.</summary>
    private static async Task<bool> HeardAsync(NetnsLab lab, LabNode a, AddressMonitor kernel)
    {
        DateTimeOffset healed = kernel.Moments(NetnsLab.Vip)[^1].At;
        await lab.UntilAsync("a has said more", () => DigestsSince(a, healed) > 1, TimeSpan.FromMinutes(1));
        return a.Journal.Rows().Exists(row => row.Event is LowerPriorityMasterHeard);
    }

    private static int DigestsSince(LabNode node, DateTimeOffset moment) =>
        node.Journal.Rows().Count(row => row.Record.Wall > moment && row.Event is AdvertisementDigest digest && digest.Peer.ToString() == node.Address);

    private static DateTimeOffset Start(JsonElement incident) => incident.GetProperty("facts").GetProperty("start").GetDateTimeOffset();

    private static DateTimeOffset? End(JsonElement incident) =>
        incident.GetProperty("facts").TryGetProperty("end", out JsonElement end) && end.ValueKind == JsonValueKind.String ? end.GetDateTimeOffset() : null;

    private static async Task DropAsync(NetnsLab lab, string rule)
    {
        CommandResult result = await Command.RunAsync(
            "ip", ["netns", "exec", lab.Switch, "nft", "-f", "-"], $"table bridge split {{\nchain forward {{\ntype filter hook forward priority 0;\n{rule}\n}}\n}}\n");
        await lab.ThatAsync($"the switch drops VRRP: {result}", result.ExitCode == 0);
    }
}
