using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Outages;

/// <summary>The database that <c>kes serve</c> runs by itself is its own to keep running.</summary>
public sealed class DatabaseReturn
{
    /// <summary>Nobody is there to start it: kes has to, or its nodes wait for ever.</summary>
    [LabFact("postgres initdb")]
    public async Task A_database_that_is_killed_comes_back_without_anybody_s_help()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane controlPlane = await LabControlPlane.StartAsync(lab);
        await ControlPlaneOutages.StartNodesAsync(lab, controlPlane);
        await controlPlane.KillPostgresAsync();
        await lab.A.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(lab.B);
        await controlPlane.UntilStoreHasJournalAsync(lab.B);
    }
}
