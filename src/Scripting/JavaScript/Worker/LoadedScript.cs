using System.Text.Json.Nodes;
using Jint.Parser.Ast;
using Keepalived.Es.Scripting.JavaScript.Checking;
using Keepalived.Es.Scripting.JavaScript.Protocol;

namespace Keepalived.Es.Scripting.JavaScript.Worker;

/// <summary>A hook's file, checked and parsed.</summary>
internal sealed class LoadedScript
{
    private const int QuotedLine = 120;

    private readonly string[] _lines;

    private LoadedScript(string path, string source, Program program, JsonObject message)
    {
        Path = path;
        Program = program;
        Statements = message.Number(Fields.Statements) ?? 0;
        HostFunctions = Fields.Array(message.Texts(Fields.Functions)).ToJsonString();
        _lines = source.Split('\n');
    }

    internal string Path { get; }

    internal Program Program { get; }

    internal int Statements { get; }

    /// <summary>Names of the host functions, a JSON array.</summary>
    internal string HostFunctions { get; }

    /// <param name="message">A <c>load</c>.</param>
    /// <param name="refused">Why there is no result.</param>
    internal static LoadedScript? Parse(JsonObject message, out ScriptFailure? refused)
    {
        string path = message.Text(Fields.Path) ?? "";
        string source = message.Text(Fields.Source) ?? "";
        IReadOnlyList<ScriptProblem> problems =
            ScriptCheck.Check(source, message.Number(Fields.SourceBytes) ?? 0, message.Number(Fields.Nesting) ?? 0, out Program? program, path);
        refused = problems.Count == 0 ? null : new ScriptFailure(null, problems[0].Message, problems[0].Line, problems[0].Column);
        return program is null || refused is not null ? null : new LoadedScript(path, source, program, message);
    }

    /// <summary>The text of a line, trimmed and cut; null: there is none.</summary>
    /// <param name="number">From 1.</param>
    internal string? Line(int number)
    {
        if (number < 1 || number > _lines.Length)
        {
            return null;
        }

        string line = _lines[number - 1].Trim();
        return line.Length <= QuotedLine ? line : line[..QuotedLine] + "…";
    }
}
