using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Outages;

/// <summary>A site is carried to another control plane: nodes follow by themselves, and nothing of what happens meanwhile is missing there.</summary>
public sealed class SiteMoves
{
    [LabFact("postgres initdb")]
    public async Task The_address_moves_while_the_site_does_and_everything_is_proved_where_it_arrives()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane source = await LabControlPlane.StartAsync(lab);
        await using LabControlPlane target = await LabControlPlane.StartAsync(lab, port: 7341);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await ControlPlaneOutages.StartNodesAsync(lab, source);

        Task<CommandResult> moving = source.KesAsync("store", "move-tenant", "lab", "--to", target.Url, "--to-token-file", target.OperatorToken);
        await a.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(b);
        CommandResult moved = await moving;
        await lab.ThatAsync($"the site has moved: {moved}", moved.ExitCode == 0);
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);

        await target.UntilStoreHasJournalAsync(a);
        await target.UntilStoreHasJournalAsync(b);
        await lab.ThatAsync("b says where it sends now", b.Says(target.Url));
        await lab.ThatAsync("and so does a, which asked at the old address first", a.Says(target.Url));
        await new ReplayClaims(lab, target).AreProvedAsync();
        CommandResult there = await target.KesAsync("status"), here = await source.KesAsync("store", "status");
        await lab.ThatAsync($"the board names the Master: {there}", there.ExitCode == 0 && there.Output.Contains("node-a", StringComparison.Ordinal));
        await lab.ThatAsync($"the old place names the new one: {here}", here.ExitCode == 0 && here.Output.Contains(target.Url, StringComparison.Ordinal));
    }
}
