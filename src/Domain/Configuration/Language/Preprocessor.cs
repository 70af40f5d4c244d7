namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>
/// Turns files into plain lines: comments, conditions, definitions, sequences, lists and includes are dealt with here, and only
/// words, quotes and braces are left for <see cref="StatementBuilder"/>. One instance reads one configuration.
/// </summary>
internal sealed partial class Preprocessor
{
    private readonly IConfigFiles _files;
    private readonly ConfigOptions _options;
    private readonly DiagnosticLog _log;
    private readonly ConfigMemory? _memory;
    private readonly StatementBuilder _statements;
    private long _work;
    private int _lines;
    private bool _stopped;

    /// <param name="memory">Of an earlier reading; null: everything is read.</param>
    internal Preprocessor(IConfigFiles files, ConfigOptions options, DiagnosticLog log, ConfigMemory? memory)
    {
        _memory = memory;
        _files = files;
        _options = options;
        _log = log;
        _includeChecks = options.AllIncludesStrict ? IncludeChecks.All : IncludeChecks.None;
        _statements = new StatementBuilder(log, options.Limits, ApplyGlobalStatement);
        _random = new Random(options.RandomSeed ?? 0);
    }

    internal StatementBuilder Statements => _statements;

    /// <summary>Names of the files in the order in which they were first opened.</summary>
    internal IReadOnlyList<string> FileNames => _fileNames;

    /// <summary>Reads everything that <paramref name="path"/>, a file or a pattern, leads to.</summary>
    internal void Read(string path)
    {
        ReadRoot(path);
        _statements.Finish();
    }

    private void ProcessLines(IReadOnlyList<SourceLine> lines)
    {
        var cursor = new ListCursor(lines);
        while (!_stopped && cursor.Next() is { } line)
        {
            ProcessLine(WithoutComment(line, copiedText: true), cursor);
        }
    }

    /// <summary>One line, or what follows a brace on it: control forms first, then words.</summary>
    private void ProcessLine(SourceLine line, LineCursor? following)
    {
        SourceLine? rest = line;
        while (rest is not null && !_stopped)
        {
            if (!Spend(rest, rest.Text.Length + 1))
            {
                return;
            }

            rest = Step(rest.Trim(), following);
        }
    }

    /// <returns>What is still to be processed as a line of its own, or null.</returns>
    private SourceLine? Step(SourceLine line, LineCursor? following)
    {
        if (line.Text.Length == 0)
        {
            return null;
        }

        if (line.Text[0] == '@')
        {
            return AfterCondition(line, following);
        }

        if (TryDefine(line, following) || TryRepeat(line))
        {
            return null;
        }

        SourceLine plain = Substitute(line);
        if (!ReferenceEquals(plain, line))
        {
            if (TooLong(plain))
            {
                return null;
            }

            plain = WithoutComment(plain, copiedText: false).Trim();
            if (StartsControlForm(plain.Text) && !SameText(plain, line))
            {
                return plain;
            }
        }

        if (TrySplice(plain) || TryInclude(plain))
        {
            return null;
        }

        return Emit(plain);
    }

    private static bool SameText(SourceLine left, SourceLine right) => string.Equals(left.Text, right.Text, StringComparison.Ordinal);

    private static bool StartsControlForm(ReadOnlySpan<char> text) =>
        text.Length > 0 && (text[0] == '@' || text.StartsWith("~SEQ") || text.StartsWith("~LST") || IsDefinition(text, out _));

    /// <returns>The text after a brace when it may hold a control form, otherwise null.</returns>
    private SourceLine? Emit(SourceLine line)
    {
        if (++_lines > _options.Limits.Lines)
        {
            Stop(line, $"more than {_options.Limits.Lines} lines after expansion");
            return null;
        }

        int rest = _statements.Add(line);
        return rest < line.Text.Length ? line.Slice(rest) : null;
    }

    private bool TooLong(SourceLine line)
    {
        if (line.Text.Length <= _options.Limits.LineLength)
        {
            return false;
        }

        _log.Error(
            DiagnosticCodes.LimitReached,
            line.SpanOf(0, 0),
            $"the line has {line.Text.Length} characters after substitution, allowed {_options.Limits.LineLength}; it is left out");
        return true;
    }

    private bool Spend(SourceLine where, long characters)
    {
        _work += characters;
        if (_work > _options.Limits.Work)
        {
            Stop(where, $"the configuration grows beyond {_options.Limits.Work} characters by includes, definitions or sequences");
        }

        return !_stopped;
    }

    private void Stop(SourceLine where, string why)
    {
        if (!_stopped)
        {
            _stopped = true;
            _log.Error(DiagnosticCodes.LimitReached, where.SpanOf(0, where.Text.Length), $"{why}; reading stops here", DiagnosticClass.CannotRun);
        }
    }
}
