namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>The asking of one check; one try at a time.</summary>
internal interface IProbe : IDisposable
{
    /// <summary>Asks once. Never throws but for cancellation: what goes wrong is the result.</summary>
    /// <param name="step">For HTTP_GET and SSL_GET the number of the url, from 0; otherwise 0.</param>
    ValueTask<ProbeResult> RunAsync(int step, CancellationToken cancellationToken);
}
