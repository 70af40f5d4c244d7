using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.FailOver;

/// <summary>
/// One virtual address on two nodes, priorities 101 and 100, both <c>state BACKUP</c>: whoever's daemons they are, the address is always
/// with one of them, and with the one that the rules name. Each form of VRRP derives its own class, so that they run side by side.
/// </summary>
public abstract class FailOverMatrix
{
    private protected abstract VrrpText Form { get; }

    public static TheoryData<DaemonKind, DaemonKind> Pairs => new()
    {
        { DaemonKind.Ours, DaemonKind.Keepalived },
        { DaemonKind.Keepalived, DaemonKind.Ours },
        { DaemonKind.Ours, DaemonKind.Ours },
    };

    [LabTheory("keepalived"), MemberData(nameof(Pairs))]
    public async Task The_address_is_with_the_right_node_through_every_failure(DaemonKind first, DaemonKind second)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        string forA = Form.For(a, 101, b);
        b.Start(second, Form.For(b, 100, a));
        a.Start(first, forA);
        await lab.UntilHeldAloneByAsync(a);

        await a.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(b);

        a.Start(first, forA);
        await lab.UntilHeldAloneByAsync(a);

        await lab.ThatAsync("a daemon that is told to end exits with 0", await a.StopGracefullyAsync() == 0);
        await lab.UntilHeldAloneByAsync(b);
        await ShowThatTheResignationWasHeardAsync(lab, b, second);

        a.Start(first, forA);
        await lab.UntilHeldAloneByAsync(a);

        await a.LinkDownAsync();
        await lab.UntilHeldAloneByAsync(b);
        await lab.UntilAsync("a without a cable says that it is in FAULT", () => a.Says("(VI_1) Entering FAULT STATE"));
        await a.LinkUpAsync();
        await lab.UntilHeldAloneByAsync(a);
    }

    /// <summary>A Backup that hears priority 0 waits for the skew only (RFC 9568 section 6.4.2); the recorded reason says so.</summary>
    private static async Task ShowThatTheResignationWasHeardAsync(NetnsLab lab, LabNode backup, DaemonKind kind)
    {
        if (kind == DaemonKind.Ours)
        {
            await lab.UntilAsync(
                "the last time that b became Master, it did so because the Master resigned",
                () => backup.Journal.Events<InstanceBecameMaster>() is [.., { Reason: TransitionReason.MasterResigned }]);
        }
    }
}

public sealed class FailOverWithVersion2Multicast : FailOverMatrix
{
    private protected override VrrpText Form => VrrpText.Version2;
}

public sealed class FailOverWithVersion2MulticastAndPassword : FailOverMatrix
{
    private protected override VrrpText Form => VrrpText.Version2 with { Password = true };
}

public sealed class FailOverWithVersion2Unicast : FailOverMatrix
{
    private protected override VrrpText Form => VrrpText.Version2 with { Unicast = true };
}

public sealed class FailOverWithVersion3Multicast : FailOverMatrix
{
    private protected override VrrpText Form => VrrpText.Version3;
}

public sealed class FailOverWithVersion3Unicast : FailOverMatrix
{
    private protected override VrrpText Form => VrrpText.Version3 with { Unicast = true };
}
