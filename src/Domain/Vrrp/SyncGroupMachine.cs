namespace Keepalived.Es.Domain.Vrrp;

/// <summary>
/// Decides what the members of a <c>vrrp_sync_group</c> must do together: Master only when every member would be, Backup or Fault as
/// soon as one is. Its answers reach the members as inputs and are recorded with theirs, so that a member can be replayed alone.
/// </summary>
public static class SyncGroupMachine
{
    /// <summary>
    /// The fault reasons in force for a member: its own, and <see cref="FaultReasons.SyncGroup"/> while another member has one of its own. A member
    /// that waits for a tracker's first result makes the others wait.
    /// </summary>
    /// <param name="own">Each member's own reasons, without <see cref="FaultReasons.SyncGroup"/>.</param>
    /// <param name="member">Index of the member asked for.</param>
    public static FaultReasons FaultsOf(ReadOnlySpan<FaultReasons> own, int member)
    {
        FaultReasons faults = own[member];
        for (int other = 0; other < own.Length; other++)
        {
            if (other != member)
            {
                faults |= own[other] & FaultReasons.TrackerPending;
                faults |= (own[other] & ~FaultReasons.TrackerPending) == FaultReasons.None ? FaultReasons.None : FaultReasons.SyncGroup;
            }
        }

        return faults;
    }

    /// <summary>What the group's members must do after one of them has moved.</summary>
    /// <param name="members">The members' states after the move, in the order of the configuration, which is the order of switching.</param>
    /// <param name="moved">Index of the member that moved.</param>
    /// <param name="before">Its phase before the move.</param>
    /// <returns>The input for each other member it concerns; null: nothing to do.</returns>
    public static VrrpInputKind? React(ReadOnlySpan<VrrpState> members, int moved, VrrpPhase before)
    {
        VrrpState state = members[moved];
        if (state is { Phase: VrrpPhase.Backup, WantsMaster: true })
        {
            foreach (VrrpState member in members)
            {
                if (member.Phase != VrrpPhase.Master && !member.WantsMaster)
                {
                    return null;
                }
            }

            return VrrpInputKind.SyncToMaster;
        }

        return before == VrrpPhase.Master && state.Phase == VrrpPhase.Backup ? VrrpInputKind.SyncToBackup : null;
    }

    /// <summary>
    /// What the members must do after a reload has put them together: a Master falls back while another member, that has run before, is not Master. One that the
    /// reload has started makes nobody fall back: it follows by itself as soon as its own timer fires.
    /// </summary>
    /// <param name="members">The members' states after the reload.</param>
    /// <param name="isNew">Whether the reload has started the member.</param>
    public static VrrpInputKind? Settle(ReadOnlySpan<VrrpState> members, ReadOnlySpan<bool> isNew)
    {
        (bool hasMaster, bool hasOther) = (false, false);
        for (int i = 0; i < members.Length; i++)
        {
            hasMaster |= members[i].Phase == VrrpPhase.Master;
            hasOther |= members[i].Phase != VrrpPhase.Master && !isNew[i];
        }

        return hasMaster && hasOther ? VrrpInputKind.SyncToBackup : null;
    }
}
