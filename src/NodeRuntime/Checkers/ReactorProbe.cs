using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>A probe that waits for one socket at a time and so runs on the one thread of <see cref="ProbeReactor"/>.</summary>
internal abstract class ReactorProbe : IProbe
{
    private readonly ProbeReactor _reactor;

    protected ReactorProbe(ProbeReactor reactor, TimeSpan timeout) => (_reactor, Timeout) = (reactor, timeout);

    /// <summary>How long one try may take once its socket is open.</summary>
    internal TimeSpan Timeout { get; }

    /// <summary>What is waited for: EPOLLIN or EPOLLOUT.</summary>
    internal abstract uint Events { get; }

    /// <summary>Opens the socket and sends what there is to send.</summary>
    /// <returns>Null: <see cref="ProbeFlight.Descriptor"/> is to be waited for; otherwise the result, and what is open is closed by the caller.</returns>
    internal abstract ProbeResult? Begin(ref ProbeFlight flight);

    /// <summary>The socket is ready, or has failed.</summary>
    /// <param name="buffer">Space for what is read; not kept.</param>
    /// <returns>Null: goes on waiting.</returns>
    internal abstract ProbeResult? OnReady(ref ProbeFlight flight, in EpollEvent report, Span<byte> buffer);

    /// <summary>What silence means.</summary>
    internal abstract ProbeResult OnTimeout();

    public async ValueTask<ProbeResult> RunAsync(int step, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter();
        long ticket = _reactor.Start(this, waiter, 0);
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            (state, token) =>
            {
                _reactor.Cancel(ticket);
                ((Waiter)state!).End.TrySetCanceled(token);
            },
            waiter);
        return await waiter.End.Task.ConfigureAwait(false);
    }

    public void Dispose() => Dispose(true);

    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class Waiter : IProbeSink
    {
        internal TaskCompletionSource<ProbeResult> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnProbed(int token, ProbeResult result) => End.TrySetResult(result);
    }
}
