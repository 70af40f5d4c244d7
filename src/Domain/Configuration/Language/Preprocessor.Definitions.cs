namespace Keepalived.Es.Domain.Configuration.Language;

internal sealed partial class Preprocessor
{
    private readonly Dictionary<string, Definition> _definitions = new(StringComparer.Ordinal);
    private readonly List<string> _splicing = [];

    /// <param name="Value">Text of a definition on one line; null when it has several.</param>
    /// <param name="Lines">The lines of a definition that has several.</param>
    private sealed record Definition(string? Value, IReadOnlyList<SourceLine> Lines);

    /// <summary><c>$NAME=</c> at the start of a line, with nothing between.</summary>
    private static bool IsDefinition(ReadOnlySpan<char> text, out int nameEnd)
    {
        nameEnd = 1;
        if (text.Length < 3 || text[0] != '$')
        {
            return false;
        }

        nameEnd = NameEnd(text, 1);
        return nameEnd > 1 && nameEnd < text.Length && text[nameEnd] == '=';
    }

    private static int NameEnd(ReadOnlySpan<char> text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '_' || (end > start && char.IsAsciiDigit(text[end]))))
        {
            end++;
        }

        return end;
    }

    private bool TryDefine(SourceLine line, LineCursor? following)
    {
        if (!IsDefinition(line.Text, out int nameEnd))
        {
            return false;
        }

        string name = line.Text[1..nameEnd];
        SourceLine value = line.Slice(nameEnd + 1).Trim();
        if (!value.Text.EndsWith('\\'))
        {
            _definitions[name] = new Definition(value.Text, []);
            return true;
        }

        List<SourceLine> lines = [];
        AddBodyLine(lines, value.Slice(0, value.Text.Length - 1));
        bool open = true;
        while (open && following?.Next() is { } next)
        {
            SourceLine body = WithoutComment(next, copiedText: true).Trim();
            open = body.Text.EndsWith('\\');
            AddBodyLine(lines, open ? body.Slice(0, body.Text.Length - 1) : body);
        }

        if (open)
        {
            _log.Error(
                DiagnosticCodes.UnfinishedDefinition, line.SpanOf(0, nameEnd), $"the text ends within the definition of ${name}: its last line ends in '\\'");
        }

        _definitions[name] = new Definition(null, lines);
        return true;
    }

    private static void AddBodyLine(List<SourceLine> lines, SourceLine line)
    {
        line = line.Trim();
        if (line.Text.Length > 0)
        {
            lines.Add(line);
        }
    }

    /// <summary>A line that uses a definition of several lines: its text becomes the first and the last of them.</summary>
    private bool TrySplice(SourceLine line)
    {
        for (int i = line.Text.IndexOf('$', StringComparison.Ordinal); i >= 0; i = line.Text.IndexOf('$', i + 1))
        {
            if (!TryMatchUse(line.Text, i, out DefinitionUse use) || !_definitions.TryGetValue(use.Name, out Definition? found) || found.Value is not null)
            {
                continue;
            }

            if (!Cycles(line, use.Name, i, use.End))
            {
                _splicing.Add(use.Name);
                Splice(line, i, use.End, found.Lines);
                _splicing.RemoveAt(_splicing.Count - 1);
            }

            return true;
        }

        return false;
    }

    private void Splice(SourceLine line, int start, int end, IReadOnlyList<SourceLine> body)
    {
        List<SourceLine> lines = [.. body];
        if (lines.Count == 0)
        {
            lines.Add(line.Slice(0, 0));
        }

        lines[0] = Joined(line, 0, start, lines[0]);
        var last = new SourceLineBuilder();
        last.Append(lines[^1], 0, lines[^1].Text.Length);
        last.Append(line, end, line.Text.Length - end);
        lines[^1] = last.ToLine();
        var cursor = new ListCursor(lines);
        while (!_stopped && cursor.Next() is { } next)
        {
            if (!TooLong(next))
            {
                ProcessLine(next, cursor);
            }
        }
    }

    private static SourceLine Joined(SourceLine line, int start, int length, SourceLine tail)
    {
        var joined = new SourceLineBuilder();
        joined.Append(line, start, length);
        joined.Append(tail, 0, tail.Text.Length);
        return joined.ToLine();
    }

    private bool Cycles(SourceLine line, string name, int start, int end)
    {
        if (_splicing.Contains(name, StringComparer.Ordinal))
        {
            ReportCycle(line.SpanOf(start, end - start), _splicing, name);
            return true;
        }

        if (_splicing.Count >= _options.Limits.ExpansionDepth)
        {
            ReportDepth(line.SpanOf(start, end - start));
            return true;
        }

        return false;
    }

    private void ReportCycle(SourceSpan use, List<string> open, string name)
    {
        int first = open.IndexOf(name);
        string path = string.Join(" -> ", open.Skip(first).Append(name).Select(step => "$" + step));
        _log.Error(DiagnosticCodes.DefinitionCycle, use, $"definition ${name} uses itself: {path}");
    }

    private void ReportDepth(SourceSpan use) =>
        _log.Error(DiagnosticCodes.LimitReached, use, $"definitions are nested more than {_options.Limits.ExpansionDepth} deep");
}
