namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>How much may come in at once.</summary>
/// <param name="Working">Requests that use the database at the same time, at least 1; below the size of the connection pool.</param>
/// <param name="Admitted">Requests that are read, wait or work, at least 1; each may hold a body of <see cref="IngestLimits.BodyBytes"/>.</param>
/// <param name="Patience">How long one waits for its turn.</param>
public sealed record IngestCapacity(int Working, int Admitted, TimeSpan Patience)
{
    public static readonly IngestCapacity Default = new(16, 256, TimeSpan.FromSeconds(5));
}

/// <summary>
/// Keeps the database from being asked for more than it can do: a bounded number of requests work, a bounded number waits a bounded time, the others are
/// told to come again. Nodes keep what they have in their journals, so nothing is lost by it.
/// </summary>
public sealed class IngestGate(IngestCapacity capacity) : IDisposable
{
    /// <summary>Seconds that a sender should wait.</summary>
    internal const string RetryAfter = "1";

    /// <summary>Seconds that a node of a site on the way should wait.</summary>
    internal const string RetryAfterMove = "5";

    private readonly SemaphoreSlim _working = new(capacity.Working);
    private int _admitted;

    /// <summary>Lets a request in, before its body is read.</summary>
    /// <returns>Dispose it when the request is answered.</returns>
    /// <exception cref="IngestRefusedException">429: too many are in already.</exception>
    public IDisposable Admit()
    {
        if (Interlocked.Increment(ref _admitted) <= capacity.Admitted)
        {
            return new Leave(() => Interlocked.Decrement(ref _admitted));
        }

        Interlocked.Decrement(ref _admitted);
        throw new IngestRefusedException(new IngestRefusal(429, $"{capacity.Admitted} requests are being worked on already; send it again"));
    }

    /// <summary>Waits for a turn at the database.</summary>
    /// <returns>Dispose it when the database has answered.</returns>
    /// <exception cref="IngestRefusedException">503: no turn came in time.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken stop) =>
        await _working.WaitAsync(capacity.Patience, stop)
            ? new Leave(() => _working.Release())
            : throw new IngestRefusedException(
                new IngestRefusal(503, $"the database had no turn within {capacity.Patience.TotalSeconds:0.#} s; nothing was stored, send it again"));

    public void Dispose() => _working.Dispose();

    private sealed class Leave(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
