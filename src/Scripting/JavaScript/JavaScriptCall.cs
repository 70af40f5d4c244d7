namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>One call of a function of a hook's file.</summary>
/// <param name="Hook">Keyword and owner, such as <c>notify_master VI_1</c>.</param>
/// <param name="Run">Number of the run on this node.</param>
/// <param name="Function">Name of the function: <c>notify_master</c>.</param>
/// <param name="ContextJson">Its argument, a JSON text; the function gets it parsed and frozen.</param>
/// <param name="TimeLimit">Time from its turn, and from <see cref="Moment"/>, to its end; the file's own limit if that is shorter.</param>
public sealed record JavaScriptCall(string Hook, long Run, string Function, string ContextJson, TimeSpan TimeLimit)
{
    /// <summary>The function is not called before this has completed; what can be made ready is made ready before. Cancelled: it is not called at all.</summary>
    public Task Moment { get; init; } = Task.CompletedTask;
}
