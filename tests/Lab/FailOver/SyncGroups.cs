using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.FailOver;

/// <summary>Two instances on two interfaces that move together, as on a router with an inside and an outside.</summary>
public sealed class SyncGroups
{
    internal const string SecondVip = "10.52.0.100";

    private static readonly VrrpText Second =
        VrrpText.Version3 with { Instance = "VI_2", Device = "eth1", Vrid = 52, VirtualAddress = SecondVip + "/24" };

    public static TheoryData<DaemonKind, DaemonKind> Pairs => FailOverMatrix.Pairs;

    [LabTheory("keepalived"), MemberData(nameof(Pairs))]
    public async Task When_one_interface_fails_both_addresses_move(DaemonKind first, DaemonKind second)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(secondNetwork: true);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        b.Start(second, Configuration(b, 100));
        a.Start(first, Configuration(a, 101));
        await UntilBothAreAtAsync(lab, a);

        await a.LinkDownAsync("eth1");
        await UntilBothAreAtAsync(lab, b);

        await a.LinkUpAsync("eth1");
        await UntilBothAreAtAsync(lab, a);

        await a.StopGracefullyAsync();
        await UntilBothAreAtAsync(lab, b);
    }

    /// <param name="notify">Lines for the group.</param>
    internal static string Configuration(LabNode node, int priority, string notify = "") => $$"""
        vrrp_sync_group G1 {
            group {
                VI_1
                VI_2
            }
            {{notify}}
        }

        """
        + VrrpText.Version3.For(node, priority)
        + Second.For(node, priority);

    private static async Task UntilBothAreAtAsync(NetnsLab lab, LabNode node)
    {
        await lab.UntilHeldAloneByAsync(node);
        await lab.UntilHeldAloneByAsync(node, SecondVip);
    }
}
