namespace Keepalived.Es.ControlPlane.Tenants;

/// <summary>
/// The steps of a move, each from a tenant's state to the next. Pure. A step that was done already is done again without effect, so that a move may be
/// begun anew after an interruption at any point. The source decides alone: handing over and returning exclude each other there, and the target takes
/// the tenant in only after the handing over.
/// </summary>
public static class MoveRules
{
    /// <summary>Source: the tenant is going to leave for a place.</summary>
    /// <param name="move">Id of the move, if it begins.</param>
    public static TenantPlace Leave(TenantPlace now, string place, Guid move) => now.State switch
    {
        TenantState.Here => now with { State = TenantState.Leaving, Place = place, Move = move, Sealed = null, Checked = null },
        TenantState.Leaving when now.Place == place => now,
        TenantState.Leaving => throw new MoveRefusedException($"site '{now.Site}' is leaving for {now.Place} already: let that end, or give it up with --abort"),
        TenantState.Moved when now.Place == place => now,
        TenantState.Moved => throw new MoveRefusedException($"{now.Text}: move it from there"),
        _ => throw new MoveRefusedException($"{now.Text}: it cannot leave yet"),
    };

    /// <summary>Source: nothing of the tenant changes any more.</summary>
    public static TenantPlace Seal(TenantPlace now, Guid move, DateTimeOffset at) => now switch
    {
        { State: TenantState.Leaving } when now.Move == move => now with { Sealed = now.Sealed ?? at },
        { State: TenantState.Moved } when now.Move == move => now,
        _ => throw Other(now, "leaving"),
    };

    /// <summary>Source: the target has all of it. From here on the tenant belongs to the target, and the move can only go on.</summary>
    public static TenantPlace HandOver(TenantPlace now, Guid move) => now switch
    {
        { State: TenantState.Leaving, Sealed: not null } when now.Move == move => now with { State = TenantState.Moved },
        { State: TenantState.Moved } when now.Move == move => now,
        _ => throw Other(now, "leaving"),
    };

    /// <summary>Source: the move is given up.</summary>
    public static TenantPlace Return(TenantPlace now) => now.State switch
    {
        TenantState.Here => now,
        TenantState.Leaving => now with { State = TenantState.Here, Place = null, Move = null, Sealed = null },
        TenantState.Moved => throw new MoveRefusedException($"{now.Text}, which has all of it: the move can only go on; run it again without --abort"),
        _ => throw Other(now, "leaving"),
    };

    /// <summary>Target: the tenant is going to arrive from a place.</summary>
    /// <param name="exists">Something of it is here.</param>
    public static TenantPlace Arrive(TenantPlace now, Guid move, string from, bool exists) => now.State switch
    {
        TenantState.Here when now.Move == move => now,
        TenantState.Here when exists =>
            throw new MoveRefusedException($"site '{now.Site}' lives at the target already, with events or nodes of its own: two sites of one name cannot be joined"),
        TenantState.Here or TenantState.Moved => now with { State = TenantState.Arriving, Place = from, Move = move, Sealed = null, Checked = null },
        TenantState.Arriving when now.Move == move => now with { Sealed = now.Checked is null ? null : now.Sealed },
        TenantState.Arriving => throw new MoveRefusedException($"{now.Text} in another move: give that up with --abort, or let it end"),
        _ => throw new MoveRefusedException($"{now.Text}: it cannot arrive there"),
    };

    /// <summary>Target: all has been sent, and is going to be compared.</summary>
    public static TenantPlace SealArrival(TenantPlace now, Guid move, DateTimeOffset at) => now switch
    {
        { State: TenantState.Arriving } when now.Move == move => now with { Sealed = now.Sealed ?? at },
        { State: TenantState.Here } when now.Move == move => now,
        _ => throw Other(now, "arriving"),
    };

    /// <summary>Target: all is here and the same.</summary>
    /// <param name="compared">Which sealing the comparison began with: one that was broken meanwhile does not count.</param>
    public static TenantPlace Check(TenantPlace now, Guid move, DateTimeOffset compared, DateTimeOffset at) => now switch
    {
        { State: TenantState.Arriving } when now.Move == move && now.Sealed == compared => now with { Checked = now.Checked ?? at },
        { State: TenantState.Here } when now.Move == move => now,
        _ => throw Other(now, "arriving"),
    };

    /// <summary>Target: the source has handed over, the tenant lives here.</summary>
    /// <param name="copiedTo">Position of the last event of it.</param>
    public static TenantPlace Settle(TenantPlace now, Guid move, long copiedTo) => now switch
    {
        { State: TenantState.Arriving, Checked: not null } when now.Move == move =>
            now with { State = TenantState.Here, Place = null, Sealed = null, Checked = null, CopiedTo = copiedTo },
        { State: TenantState.Here } when now.Move == move => now,
        { State: TenantState.Arriving } when now.Move == move => throw new MoveRefusedException($"{now.Text}, and was not compared yet"),
        _ => throw Other(now, "arriving"),
    };

    /// <summary>Target: the move was given up at the source. What has arrived stays as a copy: events are never taken away.</summary>
    /// <param name="exists">Something of it is here.</param>
    /// <param name="copiedTo">Position of the last event of it.</param>
    public static TenantPlace Drop(TenantPlace now, Guid move, bool exists, long copiedTo) => now switch
    {
        { State: TenantState.Arriving } when now.Move == move => exists
            ? now with { State = TenantState.Moved, Sealed = null, Checked = null, CopiedTo = copiedTo }
            : now with { State = TenantState.Here, Place = null, Sealed = null, Checked = null, Move = null },
        { State: TenantState.Here } when now.Move == move => throw new MoveRefusedException($"site '{now.Site}' lives at the target already: the move has ended"),
        _ => now,
    };

    private static MoveRefusedException Other(TenantPlace now, string expected) => new($"{now.Text}, not {expected} in this move: run the command again");
}
