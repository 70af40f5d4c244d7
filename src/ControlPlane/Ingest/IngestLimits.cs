namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>What one request may bring. A node that has more sends several.</summary>
public static class IngestLimits
{
    /// <summary>Bytes of a body, before and after decompression.</summary>
    public const int BodyBytes = 8 * 1024 * 1024;

    /// <summary>Records in a batch.</summary>
    public const int Records = 5_000;

    /// <summary>Bytes of one line.</summary>
    public const int LineBytes = 1024 * 1024;

    /// <summary>A node is silent after this time without contact.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>A node's clock that is further ahead than this is not adopted by ours.</summary>
    public static readonly TimeSpan ClockAhead = TimeSpan.FromMilliseconds(500);
}
