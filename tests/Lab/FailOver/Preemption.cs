using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.FailOver;

/// <summary>What <c>nopreempt</c> does, and what <c>state MASTER</c> makes of it. In keepalived as in ours.</summary>
public sealed class Preemption
{
    /// <summary>More than a Master-down interval, which is three of them and the skew.</summary>
    private const int Enough = 8;

    public static TheoryData<DaemonKind, DaemonKind> Pairs => FailOverMatrix.Pairs;

    [LabTheory("keepalived tcpdump"), MemberData(nameof(Pairs))]
    public async Task With_nopreempt_the_returning_node_stays_backup(DaemonKind first, DaemonKind second)
    {
        VrrpText form = VrrpText.Version3 with { More = "nopreempt" };
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await MoveToTheSecondAsync(lab, form, form, first, second);

        a.Start(first, form.For(a, 101));
        await lab.UntilAsync("a is in BACKUP", () => a.Says("(VI_1) Entering BACKUP STATE"));
        await Wire.AwaitAdvertisementsAsync(lab, b, Enough);
        await lab.UntilHeldAloneByAsync(b);
        await lab.ThatAsync("a never said that it is Master", !a.Says("Entering MASTER STATE"));
        if (second == DaemonKind.Ours)
        {
            await lab.ThatAsync(
                "b became Master once", b.Journal.Events<ITransitionEvent>() is [InstanceBecameBackup, InstanceBecameMaster]);
        }
    }

    /// <summary>keepalived's rule, which surprises people: <c>state MASTER</c> cancels <c>nopreempt</c>.</summary>
    [LabTheory("keepalived"), MemberData(nameof(Pairs))]
    public async Task State_master_cancels_nopreempt_and_the_address_moves_back(DaemonKind first, DaemonKind second)
    {
        VrrpText master = VrrpText.Version3 with { State = "MASTER", More = "nopreempt" };
        VrrpText backup = VrrpText.Version3 with { More = "nopreempt" };
        await using NetnsLab lab = await NetnsLab.StartAsync();
        await MoveToTheSecondAsync(lab, master, backup, first, second);

        lab.A.Start(first, master.For(lab.A, 101));
        await lab.UntilHeldAloneByAsync(lab.A);
    }

    private static async Task MoveToTheSecondAsync(NetnsLab lab, VrrpText formOfA, VrrpText formOfB, DaemonKind first, DaemonKind second)
    {
        (LabNode a, LabNode b) = (lab.A, lab.B);
        a.Start(first, formOfA.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        b.Start(second, formOfB.For(b, 100));
        await lab.UntilAsync("b is in BACKUP", () => b.Says("(VI_1) Entering BACKUP STATE"));
        await a.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(b);
    }
}
