namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>A limit ends the run. Not for the script to catch: Jint's catch takes its own exceptions only.</summary>
internal sealed class ScriptLimitException(string limit, string message) : Exception(message)
{
    /// <summary>One of <see cref="Limits"/>.</summary>
    internal string Limit => limit;
}
