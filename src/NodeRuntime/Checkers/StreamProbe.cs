using System.Net.Sockets;
using System.Security.Authentication;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>A probe that talks over a connection; asynchronous, on the thread pool.</summary>
internal abstract class StreamProbe : IProbe
{
    private readonly SemaphoreSlim _places;

    /// <param name="places">A place for each try under way.</param>
    /// <exception cref="ProbeSetupException">The target cannot be asked as configured.</exception>
    protected StreamProbe(CheckTarget target, SemaphoreSlim places)
    {
        (Target, _places) = (target, places);
        Connector = new StreamConnector(target);
    }

    protected CheckTarget Target { get; }

    protected StreamConnector Connector { get; }

    public async ValueTask<ProbeResult> RunAsync(int step, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var steps = new ProbeSteps(Target.Timeout, cancellationToken);
        try
        {
            return await AskAsync(step, steps).ConfigureAwait(false);
        }
        catch (Exception e)                                      // the border: whatever goes wrong is a result
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Explain(e, steps);
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => Dispose(true);

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Connects, asks and judges. May throw what its streams throw.</summary>
    protected abstract Task<ProbeResult> AskAsync(int step, ProbeSteps steps);

    /// <summary>An exception of sockets and streams in plain words.</summary>
    internal static ProbeResult Explain(Exception exception, ProbeSteps steps)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is ProbeFailedException failed)
            {
                return failed.Result;
            }

            if (cause is SocketException { SocketErrorCode: not SocketError.OperationAborted } socket)
            {
                return ProbeFailure.Of(socket.NativeErrorCode);
            }
        }

        return exception switch
        {
            OperationCanceledException or SocketException => steps.TimedOut(),
            OutOfMemoryException => new ProbeResult(ProbeVerdict.NotTried, "no memory is left"),
            AuthenticationException => ProbeResult.Failure($"TLS: {exception.InnerException?.Message ?? exception.Message}"),
            IOException => ProbeResult.Failure($"closed by the server, {steps.Current}"),
            _ => ProbeResult.Failure($"{exception.Message} ({steps.Current})"),
        };
    }
}
