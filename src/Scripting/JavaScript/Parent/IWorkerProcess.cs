namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>A running worker.</summary>
internal interface IWorkerProcess : IAsyncDisposable
{
    /// <summary>Of the process.</summary>
    int Id { get; }

    /// <summary>It runs no more.</summary>
    bool HasEnded { get; }

    /// <summary>Its standard input; the worker ends when it is closed.</summary>
    Stream Input { get; }

    /// <summary>Its standard output.</summary>
    Stream Output { get; }

    /// <summary>Waits for its end.</summary>
    Task<WorkerEnd> EndAsync();

    /// <summary>SIGKILL. Nothing happens when it has ended.</summary>
    void Kill();
}

/// <summary>How a worker ended.</summary>
/// <param name="ExitCode">128 and the number of the signal when one ended it.</param>
/// <param name="ErrorHead">The first characters of its standard error.</param>
internal sealed record WorkerEnd(int ExitCode, string ErrorHead);
