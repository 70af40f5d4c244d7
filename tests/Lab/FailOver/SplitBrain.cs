using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.FailOver;

/// <summary>Two Masters that could not hear each other, and hear each other again.</summary>
public sealed class SplitBrain
{
    public static TheoryData<DaemonKind, DaemonKind> Pairs => FailOverMatrix.Pairs;

    /// <summary>RFC 9568 section 6.4.3: at equal priority the greater primary address wins.</summary>
    [LabTheory("keepalived"), MemberData(nameof(Pairs))]
    public async Task At_equal_priority_the_higher_address_remains(DaemonKind first, DaemonKind second)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await SplitAsync(lab, first, second, priorityOfA: 100);

        await a.RejoinAsync();
        await lab.UntilHeldAloneByAsync(b);
        if (first == DaemonKind.Ours)
        {
            await lab.UntilAsync(
                "a recorded who won, and why",
                () => a.Journal.Events<ITransitionEvent>() is
                    [.., InstanceBecameBackup { Reason: TransitionReason.EqualPriorityHigherAddress, PeerPriority: 100 } last]
                    && last.Peer == RouterAddress.Parse(b.Address));
        }
    }

    [LabTheory("keepalived"), MemberData(nameof(Pairs))]
    public async Task The_higher_priority_remains_after_the_network_heals(DaemonKind first, DaemonKind second)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await SplitAsync(lab, first, second, priorityOfA: 101);

        await a.RejoinAsync();
        await lab.UntilHeldAloneByAsync(a);
        if (second == DaemonKind.Ours)
        {
            await lab.UntilAsync(
                "b recorded that it heard a greater Master",
                () => b.Journal.Events<ITransitionEvent>() is
                    [.., InstanceBecameBackup { Reason: TransitionReason.HigherPriorityAdvertisement, PeerPriority: 101 }]);
        }
    }

    [LabFact("keepalived")]
    public async Task Of_three_nodes_the_next_in_priority_takes_over()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(nodes: 3);
        (LabNode a, LabNode b, LabNode c) = (lab.Nodes[0], lab.Nodes[1], lab.Nodes[2]);
        c.StartOurs(VrrpText.Version3.For(c, 100));
        b.StartKeepalived(VrrpText.Version3.For(b, 150));
        a.StartOurs(VrrpText.Version3.For(a, 200));
        await lab.UntilHeldAloneByAsync(a);
        await a.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(b);
        await b.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(c);
    }

    /// <summary>Both become Master on their own side of a cut.</summary>
    private static async Task SplitAsync(NetnsLab lab, DaemonKind first, DaemonKind second, int priorityOfA)
    {
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await a.IsolateAsync();
        a.Start(first, VrrpText.Version3.For(a, priorityOfA));
        b.Start(second, VrrpText.Version3.For(b, 100));
        await lab.UntilAsync("both hold the address", async () => await a.HoldsAsync(NetnsLab.Vip) && await b.HoldsAsync(NetnsLab.Vip));
    }
}
