namespace Keepalived.Es.Domain.Configuration.Language;

internal sealed partial class Preprocessor
{
    private const int BraceAlternativesMaximum = 1_000;

    private readonly List<ConfigFile> _open = [];
    private readonly List<string> _fileNames = [];
    private IncludeChecks _includeChecks;

    private string CurrentDirectory => _open.Count == 0 ? "" : DirectoryOf(_open[^1].FullPath);

    private static string DirectoryOf(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash switch { < 0 => "", 0 => "/", _ => path[..slash] };
    }

    private void ReadRoot(string path)
    {
        string[] matches = HasWildcard(path) && _files.Read(path) is null ? Matches(path) : [path];
        if (matches.Length == 0)
        {
            _log.Error(
                DiagnosticCodes.FileMissing, new SourceSpan(path, 1, 1, 0), $"no file matches '{path}'", DiagnosticClass.CannotRun);
        }

        foreach (string match in matches)
        {
            if (_files.Read(match) is not { } file)
            {
                _log.Error(DiagnosticCodes.FileMissing, new SourceSpan(match, 1, 1, 0), $"there is no file '{match}'", DiagnosticClass.CannotRun);
            }
            else if (file.Text is null)
            {
                _log.Error(
                    DiagnosticCodes.FileUnreadable, new SourceSpan(match, 1, 1, 0), $"cannot read '{match}': {file.Error}", DiagnosticClass.CannotRun);
            }
            else
            {
                ReadFile(match, file);
            }
        }
    }

    private static IncludeChecks? ChecksOf(ReadOnlySpan<char> word) => word switch
    {
        "include" => IncludeChecks.None,
        "includer" => IncludeChecks.Readable,
        "includem" => IncludeChecks.Readable | IncludeChecks.Match,
        "includew" => IncludeChecks.Readable | IncludeChecks.Match | IncludeChecks.WildcardMatch,
        "includeb" => IncludeChecks.Readable | IncludeChecks.BraceMatch,
        "includea" => IncludeChecks.All,
        _ => null,
    };

    private bool TryInclude(SourceLine line)
    {
        int end = 0;
        while (end < line.Text.Length && char.IsAsciiLetter(line.Text[end]))
        {
            end++;
        }

        bool wholeWord = end == line.Text.Length || char.IsWhiteSpace(line.Text[end]);
        if (!wholeWord || ChecksOf(line.Text.AsSpan(0, end)) is not { } ownChecks)
        {
            return false;
        }

        SourceLine pattern = line.Slice(end).Trim();
        string text = pattern.Text.Trim('"');
        if (text.Length == 0)
        {
            _log.Error(DiagnosticCodes.EmptyInclude, line.SpanOf(0, end), $"{line.Text[..end]} needs the name of a file or a pattern");
            return true;
        }

        Include(text, ownChecks | _includeChecks, pattern.SpanOf(0, pattern.Text.Length));
        return true;
    }

    private void Include(string pattern, IncludeChecks checks, SourceSpan span)
    {
        List<string> alternatives = Alternatives(pattern);
        if (alternatives.Count > BraceAlternativesMaximum)
        {
            _log.Error(
                DiagnosticCodes.LimitReached, span, $"'{pattern}' stands for more than {BraceAlternativesMaximum} names", DiagnosticClass.CannotRun);
            return;
        }

        foreach (string alternative in alternatives)
        {
            if (_stopped)
            {
                return;
            }

            bool wildcard = HasWildcard(alternative);
            string[] matches = wildcard ? Matches(alternative) : [Joined(CurrentDirectory, alternative)];
            int found = matches.Count(match => IncludeFile(match, checks, span));
            if (found == 0)
            {
                IncludeChecks needed = alternatives.Count > 1 ? IncludeChecks.BraceMatch : wildcard ? IncludeChecks.WildcardMatch : IncludeChecks.Match;
                ReportNothingIncluded(alternative, wildcard, checks.HasFlag(needed), span);
            }
        }
    }

    /// <summary>A pattern that matches nothing is usual for a directory of snippets: only the strict forms speak of it.</summary>
    private void ReportNothingIncluded(string pattern, bool wildcard, bool strict, SourceSpan span)
    {
        if (strict)
        {
            _log.Error(
                DiagnosticCodes.IncludeMissing, span, wildcard ? $"no file matches '{pattern}'" : $"there is no file '{pattern}'", DiagnosticClass.CannotRun);
        }
        else if (!wildcard)
        {
            _log.Warning(DiagnosticCodes.IncludeMissing, span, $"there is no file '{pattern}', nothing is included; includem would make this an error");
        }
    }

    /// <returns>False: there is no such file.</returns>
    private bool IncludeFile(string path, IncludeChecks checks, SourceSpan span)
    {
        if (_files.Read(path) is not { } file)
        {
            return false;
        }

        if (file.Text is null)
        {
            string message = $"cannot read '{path}': {file.Error}";
            if (checks.HasFlag(IncludeChecks.Readable))
            {
                _log.Error(DiagnosticCodes.FileUnreadable, span, message, DiagnosticClass.CannotRun);
            }
            else
            {
                _log.Warning(DiagnosticCodes.FileUnreadable, span, message + ", nothing is included; includer would make this an error");
            }

            return true;
        }

        if (_open.FindIndex(open => string.Equals(open.FullPath, file.FullPath, StringComparison.Ordinal)) is var first and >= 0)
        {
            string way = string.Join(" -> ", _open.Skip(first).Append(file).Select(open => open.FullPath));
            _log.Error(DiagnosticCodes.IncludeCycle, span, $"the file includes itself: {way}", DiagnosticClass.CannotRun);
        }
        else if (_open.Count >= _options.Limits.IncludeDepth)
        {
            _log.Error(
                DiagnosticCodes.LimitReached, span, $"includes are nested more than {_options.Limits.IncludeDepth} deep", DiagnosticClass.CannotRun);
        }
        else
        {
            ReadFile(path, file);
        }

        return true;
    }

    private void ReadFile(string name, ConfigFile file)
    {
        IncludeChecks outer = _includeChecks;
        _open.Add(file);
        _fileNames.Add(name);
        ProcessFile(name, file.Text ?? "");
        _open.RemoveAt(_open.Count - 1);
        _includeChecks = outer;
    }

    private static bool HasWildcard(string pattern) => pattern.AsSpan().IndexOfAny('*', '?', '[') >= 0;

    private static string Joined(string directory, string path) =>
        directory.Length == 0 || path.StartsWith('/') ? path : directory.EndsWith('/') ? directory + path : directory + "/" + path;

    private string[] Matches(string pattern)
    {
        string[] matches = [.. _files.Glob(pattern, CurrentDirectory)];
        Array.Sort(matches, StringComparer.Ordinal);
        return matches;
    }

    /// <summary>Expands <c>{a,b}</c>, nested ones too. A brace without a partner stands for itself.</summary>
    private static List<string> Alternatives(string pattern)
    {
        List<string> done = [];
        var open = new Queue<string>([pattern]);
        while (open.TryDequeue(out string? next) && done.Count + open.Count <= BraceAlternativesMaximum)
        {
            int begin = next.IndexOf('{', StringComparison.Ordinal);
            int end = begin < 0 ? -1 : ClosingBrace(next, begin);
            if (end < 0)
            {
                done.Add(next);
                continue;
            }

            foreach (string member in SplitOutsideBraces(next[(begin + 1)..end]))
            {
                open.Enqueue(next[..begin] + member + next[(end + 1)..]);
            }
        }

        return done;
    }

    private static int ClosingBrace(string text, int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary><c>include_check</c> and <c>random_seed</c> act while the text is read; the rest of <c>global_defs</c> does not.</summary>
    private void ApplyGlobalStatement(Statement statement)
    {
        if (statement.Keyword == "random_seed" && statement.Words.Length > 1 && uint.TryParse(statement.Words[1].Text, out uint seed))
        {
            _random = new Random(unchecked((int)seed));
        }
        else if (statement.Keyword == "include_check")
        {
            _includeChecks = IncludeCheckWords.Apply(statement, _includeChecks, out _) | (_options.AllIncludesStrict ? IncludeChecks.All : IncludeChecks.None);
        }
    }
}
