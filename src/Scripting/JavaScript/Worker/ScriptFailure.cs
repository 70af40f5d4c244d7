using System.Text.RegularExpressions;
using Jint.Parser;
using Jint.Runtime;

namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>Why a script came to no result.</summary>
/// <param name="Limit">One of <see cref="Limits"/>; null: an error of the script.</param>
/// <param name="Error">What is wrong.</param>
/// <param name="Line">From 1; null when it is not in the hook's file.</param>
/// <param name="Column">From 1.</param>
internal sealed record ScriptFailure(string? Limit, string Error, int? Line, int? Column)
{
    private const int ErrorLimit = 4096;

    /// <param name="e">What the interpreter threw.</param>
    /// <param name="last">Where the interpreter was last.</param>
    /// <param name="script">For the place and the text of the line.</param>
    internal static ScriptFailure From(Exception e, Location? last, LoadedScript script)
    {
        (string? limit, string error) = e switch
        {
            JavaScriptException thrown => (null, Describe(thrown, script)),
            StatementsCountOverflowException => (Limits.Statements, $"more than {script.Statements} statements were executed"),
            RegexMatchTimeoutException timeout =>
                (Limits.Regex, $"the regular expression took longer than {timeout.MatchTimeout.TotalMilliseconds:0} ms"),
            OutOfMemoryException => (Limits.Heap, "out of memory"),
            ScriptLimitException exceeded => (exceeded.Limit, exceeded.Message),
            ArgumentException { Message: "The value is not a string" } =>    // Jint reads a thrown object's message as text
                (null, "something was thrown whose message is not text: throw an Error, as in throw new Error('what is wrong')"),
            _ => (null, $"the interpreter failed: {e.GetType().Name}: {e.Message}"),
        };
        Location? place = e is JavaScriptException { Location: { } own } ? own : last;
        bool here = place is not null && place.Source == script.Path && place.Start.Line > 0;
        return new ScriptFailure(limit, Cut(error), here ? place!.Start.Line : null, here ? place!.Start.Column + 1 : null);
    }

    private static string Cut(string text) => text.Length <= ErrorLimit ? text : text[..ErrorLimit] + "…";

    /// <summary>As the script would write it; Jint leaves the message of many a TypeError empty, so that its line is added.</summary>
    private static string Describe(JavaScriptException thrown, LoadedScript script)
    {
        string text;
        try
        {
            text = thrown.Error.ToString();
        }
        catch (Exception e) when (e is not OutOfMemoryException)    // a getter of the script's own
        {
            text = "something that cannot be written was thrown";
        }

        text = text.Length > 0 ? text : "an empty text was thrown";
        return text.Contains(' ', StringComparison.Ordinal) || script.Line(thrown.LineNumber) is not { } line ? text : $"{text} in: {line}";
    }
}
