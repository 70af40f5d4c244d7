namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>Keeps what hooks asked of the daemon and what it answered.</summary>
public interface IHostCallRecorder
{
    /// <summary>Called once for each host call, in order, also for a refused one, before the hook gets its answer. Must not block and must not throw.</summary>
    void Record(HostCallRecord made);
}

/// <summary>One host call.</summary>
/// <param name="Hook">Keyword and owner; empty when the file's top level called, which is refused.</param>
/// <param name="File">Path of the hook's file.</param>
/// <param name="Run">Number of the run on this node; 0 for the top level.</param>
/// <param name="Number">Of the call within the run, from 1.</param>
/// <param name="Function">Its name: <c>mysql.query</c>.</param>
/// <param name="ArgumentsJson">A JSON array, as the hook gave it.</param>
/// <param name="AnswerJson">A JSON object.</param>
/// <param name="Duration">From the hook's asking to the answer, without the answer's way back.</param>
public sealed record HostCallRecord(
    string Hook, string File, long Run, int Number, string Function, string ArgumentsJson, string AnswerJson, TimeSpan Duration);
