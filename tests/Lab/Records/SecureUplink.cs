using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Records;

/// <summary>A control plane by https, with a certificate of a private authority and an intermediate one.</summary>
public sealed class SecureUplink
{
    [LabFact("postgres initdb")]
    public async Task Events_arrive_over_https_and_a_node_that_does_not_know_the_authority_sends_none()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane controlPlane = await LabControlPlane.StartAsync(lab, https: true);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await controlPlane.EnrollAsync(a);
        await controlPlane.EnrollAsync(b);
        File.WriteAllText(b.SettingsFile, string.Join('\n', File.ReadAllLines(b.SettingsFile).Where(line => !line.Contains(" ca:", StringComparison.Ordinal))) + "\n");
        a.StartOurs(VrrpText.Version3.For(a, 101));
        b.StartOurs(VrrpText.Version3.For(b, 100));
        await lab.UntilHeldAloneByAsync(a);
        await controlPlane.UntilStoreHasJournalAsync(a);
        await lab.UntilAsync("b says that it does not trust the certificate", () => b.Says("is out of reach") && b.Says("certificate"));
        Assert.Empty(await controlPlane.RowsAsync(b));
    }
}
