namespace Keepalived.Es.Domain.Lvs;

/// <summary>What is known of one real server.</summary>
/// <param name="FailedChecks">Checks that are down; 0: alive.</param>
/// <param name="BaseWeight">The configured one, or what a check with <c>misc_dynamic</c> has asked for. At least 0.</param>
/// <param name="AddedWeight">Sum of what tracked files add.</param>
/// <param name="FailedFiles">Tracked files that say it is out of order.</param>
/// <param name="DrainedUntil">Drained: no new connections until then; null: not drained.</param>
/// <param name="WasTold">Somebody has been told whether it is alive.</param>
public readonly record struct RealServerState(
    int FailedChecks, int BaseWeight, long AddedWeight = 0, int FailedFiles = 0, TimeSpan? DrainedUntil = null, bool WasTold = false)
{
    /// <summary>The largest weight that the kernel takes.</summary>
    public const int WeightMaximum = int.MaxValue;

    /// <summary>Drained until somebody says otherwise.</summary>
    public static readonly TimeSpan UntilFurtherNotice = TimeSpan.MaxValue;

    /// <summary>Every check succeeds.</summary>
    public bool IsAlive => FailedChecks == 0 && FailedFiles == 0;

    /// <summary>What it adds to the quorum while alive, and its share of connections: 0 to 2147483647.</summary>
    public int Weight => (int)Math.Clamp(BaseWeight + AddedWeight, 0, WeightMaximum);

    public bool IsDrained => DrainedUntil is not null;
}
