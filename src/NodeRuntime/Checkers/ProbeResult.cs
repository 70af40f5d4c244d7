namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>What one try of a check has found.</summary>
/// <param name="Note">In plain words, for log and record: <c>connection refused</c>, <c>status 503, wanted 200 to 299</c>.</param>
/// <param name="Weight">A weight that the answer asks for (MISC_CHECK with misc_dynamic), 0 to 253; null: none.</param>
internal readonly record struct ProbeResult(ProbeVerdict Verdict, string Note, int? Weight = null)
{
    internal static ProbeResult Success(string note) => new(ProbeVerdict.Succeeded, note);

    internal static ProbeResult Failure(string note) => new(ProbeVerdict.Failed, note);
}

/// <summary>How a try of a check ended.</summary>
internal enum ProbeVerdict : byte
{
    Succeeded,
    Failed,

    /// <summary>This host lacked something, a descriptor or memory: nothing is known of the server.</summary>
    NotTried,
}
