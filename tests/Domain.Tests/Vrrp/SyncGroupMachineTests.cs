using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Vrrp;

public sealed class SyncGroupMachineTests
{
    private static readonly VrrpState Backup = new() { Phase = VrrpPhase.Backup };
    private static readonly VrrpState Ready = Backup with { WantsMaster = true };
    private static readonly VrrpState Master = new() { Phase = VrrpPhase.Master };
    private static readonly VrrpState Fault = new() { Phase = VrrpPhase.Fault };

    [Fact]
    public void A_group_becomes_master_only_when_every_member_would()
    {
        Assert.Null(SyncGroupMachine.React([Ready, Backup], 0, VrrpPhase.Backup));
        Assert.Null(SyncGroupMachine.React([Ready, Fault], 0, VrrpPhase.Backup));
        Assert.Equal(VrrpInputKind.SyncToMaster, SyncGroupMachine.React([Ready, Ready], 1, VrrpPhase.Backup));
        Assert.Equal(VrrpInputKind.SyncToMaster, SyncGroupMachine.React([Master, Ready], 1, VrrpPhase.Backup));
    }

    [Fact]
    public void One_member_that_falls_back_takes_the_others_with_it()
    {
        Assert.Equal(VrrpInputKind.SyncToBackup, SyncGroupMachine.React([Backup, Master], 0, VrrpPhase.Master));
        Assert.Null(SyncGroupMachine.React([Backup, Backup], 0, VrrpPhase.Fault));
    }

    [Theory]
    [InlineData(FaultReasons.None, FaultReasons.None, FaultReasons.None)]
    [InlineData(FaultReasons.InterfaceDown, FaultReasons.None, FaultReasons.InterfaceDown)]
    [InlineData(FaultReasons.None, FaultReasons.InterfaceDown, FaultReasons.SyncGroup)]
    [InlineData(FaultReasons.NoSourceAddress, FaultReasons.InterfaceDown, FaultReasons.NoSourceAddress | FaultReasons.SyncGroup)]
    [InlineData(FaultReasons.None, FaultReasons.TrackerPending, FaultReasons.TrackerPending)]
    [InlineData(FaultReasons.None, FaultReasons.TrackerPending | FaultReasons.InterfaceDown, FaultReasons.TrackerPending | FaultReasons.SyncGroup)]
    public void A_fault_of_one_member_is_a_fault_of_all(FaultReasons own, FaultReasons other, FaultReasons expected) =>
        Assert.Equal(expected, SyncGroupMachine.FaultsOf([own, other], 0));

    [Fact]
    public void A_member_asks_its_group_and_keeps_waiting_until_it_answers()
    {
        VrrpFixture fixture = VrrpFixture.InPhase(VrrpPhase.Backup, VrrpFixture.Default() with { InSyncGroup = true }).FireDeadline();
        Assert.Equal([VrrpEffectKind.ConsultSyncGroup], fixture.Kinds);
        Assert.Equal((VrrpPhase.Backup, true), (fixture.State.Phase, fixture.State.WantsMaster));
        Assert.Equal(fixture.Now + TimeSpan.FromSeconds(3.609375), fixture.State.Deadline);
        Assert.Equal(VrrpPhase.Master, fixture.Feed(new VrrpInput(VrrpInputKind.SyncToMaster)).State.Phase);
        Assert.Equal(VrrpPhase.Backup, fixture.Feed(new VrrpInput(VrrpInputKind.SyncToBackup)).State.Phase);
    }
}
