namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>Ends a try over a stream from within. Does not leave the probe.</summary>
internal sealed class ProbeFailedException(ProbeResult result) : Exception(result.Note)
{
    internal ProbeResult Result { get; } = result;
}
