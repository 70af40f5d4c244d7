namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>How long records stay on the node.</summary>
/// <param name="KeepAcknowledged">By age; default 14 days.</param>
/// <param name="MaximumBytes">By size, oldest first; default 512 MiB.</param>
/// <param name="AcknowledgedOnly">
/// Default true: what the control plane has not acknowledged is never removed. False where there is no control plane, so that nobody ever
/// will acknowledge: then the limits hold for all records, or the journal would fill the disk.
/// </param>
internal sealed record JournalLimits(TimeSpan KeepAcknowledged, long MaximumBytes, bool AcknowledgedOnly = true)
{
    internal static readonly JournalLimits Default = new(TimeSpan.FromDays(14), 512L << 20);
}
