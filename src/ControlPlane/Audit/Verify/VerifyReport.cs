namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>What part of the store is verified; null: all of it.</summary>
/// <param name="From">Records whose node's wall clock was there or later.</param>
/// <param name="To">Records up to there, and the few behind it to which the next signature reaches.</param>
public sealed record VerifyScope(DateTimeOffset? From = null, DateTimeOffset? To = null, string? Node = null, string? Site = null)
{
    /// <summary>Order in the store and roots are verified as well: they are of all nodes and times, or of the times asked for.</summary>
    internal bool IsOfAllNodes => Node is null && Site is null;
}

/// <summary>The first place where the store is not what it should be.</summary>
/// <param name="What">The rule that is broken.</param>
/// <param name="Sequence">Of the node's record in its boot.</param>
/// <param name="Position">In the store.</param>
public sealed record VerifyDifference(
    string What, string Expected, string Found, string? Site = null, string? Node = null, string? Boot = null, long? Sequence = null, long? Position = null);

/// <summary>How much was looked at so far.</summary>
public sealed record VerifyCounts
{
    public int Nodes { get; set; }

    public int Boots { get; set; }

    /// <summary>Nodes' records: hashes, sequences, and their events in Marten's tables.</summary>
    public long Records { get; set; }

    /// <summary>Events of all streams, for their order.</summary>
    public long Events { get; set; }

    public long Signatures { get; set; }

    /// <summary>Records that no signature vouches for, of nodes without a key.</summary>
    public long Unsigned { get; set; }

    /// <summary>Boots whose chain does not go on from another boot, and that were marked so when they came in.</summary>
    public int Unlinked { get; set; }

    /// <summary>Recorded windows that the machine decided again.</summary>
    public long Decisions { get; set; }

    /// <summary>Windows that could not be: the configuration or transitions before them are not on record, or not in the range.</summary>
    public long Undecided { get; set; }

    /// <summary>Merkle roots.</summary>
    public long Anchors { get; set; }

    /// <summary>Events behind the last root.</summary>
    public long Unanchored { get; set; }
}

/// <summary>What came of it.</summary>
/// <param name="First">Null: everything is as it should be.</param>
public sealed record VerifyReport(VerifyCounts Looked, VerifyDifference? First);

/// <summary>One line of the answer of <c>GET /v1/audit/verify</c>; one member is set.</summary>
/// <param name="Anchor">A root that the database gives; for comparison with those that were kept outside.</param>
/// <param name="Looked">It goes on.</param>
/// <param name="Report">The last line.</param>
public sealed record VerifyLine(Anchors.Anchor? Anchor = null, VerifyCounts? Looked = null, VerifyReport? Report = null);
