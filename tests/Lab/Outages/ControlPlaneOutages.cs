using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Outages;

/// <summary>What is lost in the middle of a fail-over.</summary>
public enum Outage
{
    /// <summary>The database is killed; the control plane starts it again, and is started again itself.</summary>
    DatabaseKilled,

    /// <summary>The control plane is killed; its database goes on.</summary>
    ControlPlaneKilled,

    /// <summary>The network between the nodes and the control plane.</summary>
    PathCut,
}

/// <summary>The address moves whatever becomes of the control plane, and afterwards the store has everything, once.</summary>
public sealed class ControlPlaneOutages
{
    public static TheoryData<Outage> All => [.. Enum.GetValues<Outage>()];

    [LabTheory("postgres initdb"), MemberData(nameof(All))]
    public async Task The_address_moves_all_the_same_and_every_record_arrives_once(Outage outage)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane controlPlane = await LabControlPlane.StartAsync(lab);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await StartNodesAsync(lab, controlPlane);

        await Task.WhenAll(a.PowerOffAsync(), BreakAsync(controlPlane, outage));
        await lab.UntilHeldAloneByAsync(b);
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        if (outage != Outage.DatabaseKilled)                     // that one kes mends by itself, within a second
        {
            await lab.UntilAsync("a knows that nobody listens", () => a.Says("is out of reach"), TimeSpan.FromMinutes(1));
            int stored = (await controlPlane.RowsAsync(a)).Count;
            await lab.ThatAsync("the outage was one: the journal has what the store has not", a.Journal.Rows().Count > stored);
        }

        await RepairAsync(controlPlane, outage);
        await controlPlane.UntilStoreHasJournalAsync(a);
        await controlPlane.UntilStoreHasJournalAsync(b);
        await lab.ThatAsync("a has two boots on record", a.Journal.Rows().Select(row => row.Boot).Distinct().Count() == 2);

        ReplayClaims records = new(lab, controlPlane);
        await records.DecideAsRecordedAsync(a, b);
        await records.AreProvedAsync();
        CommandResult status = await controlPlane.KesAsync("status");
        await lab.ThatAsync(
            $"the board names the Master: {status}", status.ExitCode == 0 && status.Output.Contains("node-a", StringComparison.Ordinal));
    }

    internal static async Task StartNodesAsync(NetnsLab lab, LabControlPlane controlPlane)
    {
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await controlPlane.EnrollAsync(a);
        await controlPlane.EnrollAsync(b);
        b.StartOurs(VrrpText.Version3.For(b, 100));
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        await controlPlane.UntilStoreHasJournalAsync(a);
        await controlPlane.UntilStoreHasJournalAsync(b);
        await lab.ThatAsync("that a is Master has arrived", a.Journal.Events<InstanceBecameMaster>().Count > 0);
    }

    private static Task BreakAsync(LabControlPlane controlPlane, Outage outage) => outage switch
    {
        Outage.DatabaseKilled => controlPlane.KillPostgresAsync(),
        Outage.ControlPlaneKilled => controlPlane.KillAsync(),
        _ => controlPlane.CutAsync(),
    };

    private static Task RepairAsync(LabControlPlane controlPlane, Outage outage) =>
        outage == Outage.PathCut ? controlPlane.MendAsync() : controlPlane.StartAgainAsync();
}
