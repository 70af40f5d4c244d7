using System.Text;
using Jint.Parser;
using Jint.Parser.Ast;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.JavaScript.Checking;

/// <summary>
/// Reads a hook's file without running it: size, nesting, what is newer than ES5, what is forbidden, syntax. It needs some 2 MiB of stack at a nesting of 200.
/// </summary>
public static class ScriptCheck
{
    /// <summary>Problems that are listed; there may be more.</summary>
    public const int MostProblems = 20;

    /// <summary>What is wrong with a file, in its order; empty: it can be loaded.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="sourceBytes">Bytes allowed, in UTF-8.</param>
    /// <param name="nesting">Brackets within brackets allowed.</param>
    public static IReadOnlyList<ScriptProblem> Check(string source, int sourceBytes, int nesting) => Check(source, sourceBytes, nesting, out _, "");

    private static readonly HashSet<string> HostNames = [.. HostApi.Names.Select(name => name.Split('.')[0])];

    /// <inheritdoc cref="Check(string, int, int)"/>
    /// <param name="program">Parsed; null when there are problems.</param>
    /// <param name="path">Goes with each node of it.</param>
    internal static IReadOnlyList<ScriptProblem> Check(string source, int sourceBytes, int nesting, out Program? program, string path)
    {
        ArgumentNullException.ThrowIfNull(source);
        program = null;
        int bytes = Encoding.UTF8.GetByteCount(source);
        if (bytes > sourceBytes)
        {
            return [new ScriptProblem(1, 1, $"the file has {bytes} bytes, allowed 0 to {sourceBytes}")];
        }

        List<ScriptToken> tokens = [];
        if (TooDeep(source, nesting, tokens) is { } deep)
        {
            return [deep];                                       // no parser may see it
        }

        ScriptProblem[] problems = [.. Enumerable.Range(0, tokens.Count)
            .Select(at => NewerSyntax.Find(tokens, at) is { } message ? new ScriptProblem(tokens[at].Line, tokens[at].Column, message) : null)
            .OfType<ScriptProblem>().Take(MostProblems)];
        return problems.Length > 0 ? problems : Parse(source, path, out program);
    }

    private static ScriptProblem? TooDeep(string source, int nesting, List<ScriptToken> tokens)
    {
        var tokenizer = new ScriptTokenizer(source);
        var structure = new ScriptStructure(nesting);
        while (tokenizer.Next(slashIsRegex: !structure.AfterValue) is { } token)
        {
            tokens.Add(structure.Add(token, out string? problem));
            if (problem is not null)
            {
                return new ScriptProblem(token.Line, token.Column, problem);
            }
        }

        return null;
    }

    /// <summary>Declarations of the file that would not come into force, since the daemon's functions have their names and cannot be changed.</summary>
    private static IEnumerable<ScriptProblem> Taken(Program program) => program.FunctionDeclarations.Select(declared => declared.Id)
        .Concat(program.VariableDeclarations.SelectMany(declared => declared.Declarations).Select(declared => declared.Id))
        .Where(name => HostNames.Contains(name.Name))
        .Select(name => new ScriptProblem(
            name.Location.Start.Line, name.Location.Start.Column + 1, $"'{name.Name}' is the name of the daemon's own functions: choose another"))
        .Take(MostProblems);

    private static ScriptProblem[] Parse(string source, string path, out Program? program)
    {
        program = null;
        try
        {
            Program parsed = new JavaScriptParser().Parse(source, new ParserOptions { Source = path });
            ScriptProblem[] taken = [.. Taken(parsed)];
            program = taken.Length == 0 ? parsed : null;
            return taken;
        }
        catch (ParserException e)
        {
            return [new ScriptProblem(Math.Max(1, e.LineNumber), Math.Max(1, e.Column), e.Description ?? e.Message)];
        }
        catch (Exception e) when (e is not OutOfMemoryException) // Jint's parser has faults of its own
        {
            return [new ScriptProblem(1, 1, $"the parser failed: {e.GetType().Name}: {e.Message}")];
        }
    }
}
