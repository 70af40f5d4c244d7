using System.Text;

namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>Splits lines into words at blanks, quotes and braces, and puts the statements into the tree of their blocks.</summary>
internal sealed class StatementBuilder(DiagnosticLog log, ReadLimits limits, Action<Statement> globalStatement)
{
    private readonly List<Statement> _root = [];
    private readonly Stack<Statement> _open = [];
    private readonly StringBuilder _text = new();
    private readonly List<Word> _words = [];
    private int _tooDeep;
    private bool _broken;

    internal List<Statement> Root => _root;

    /// <summary>The lines as they were understood, secrets replaced by asterisks.</summary>
    internal string Text => _text.ToString();

    /// <summary>No block is open.</summary>
    internal bool IsAtRoot => _open.Count == 0 && _tooDeep == 0;

    /// <summary>Length of <see cref="Text"/>.</summary>
    internal int TextLength => _text.Length;

    internal string TextFrom(int start) => _text.ToString(start, _text.Length - start);

    /// <summary>Takes a root block that was read before.</summary>
    internal void AddKnown(Statement head)
    {
        _root.Add(head);
        _text.Append(head.Known!.Text);
    }

    /// <summary>Takes a line, or its part up to a brace behind which a control form may stand.</summary>
    /// <returns>Index of the first character that was not taken.</returns>
    internal int Add(SourceLine line)
    {
        string text = line.Text;
        _words.Clear();
        _broken = false;
        int at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            else if (text[at] is not ('{' or '}'))
            {
                at = TakeWord(line, at);
            }
            else
            {
                at = TakeBrace(line, at);
                if (at < text.Length && (text[at] is '@' or '~' or '$' || text.AsSpan(at).StartsWith("include")))
                {
                    return at;
                }
            }
        }

        Flush(line, text.Length, opens: false);
        return text.Length;
    }

    private int TakeBrace(SourceLine line, int at)
    {
        string text = line.Text;
        Flush(line, at, opens: text[at] == '{');
        if (text[at] == '}')
        {
            Close(line, at);
        }

        at++;
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return at;
    }

    private int TakeWord(SourceLine line, int at)
    {
        string text = line.Text;
        if (text[at] != '"')
        {
            int end = WordEnd(text, at);
            _words.Add(new Word(text[at..end], at, end - at, false));
            return end;
        }

        int close = text.IndexOf('"', at + 1);
        if (close >= 0)
        {
            _words.Add(new Word(text[(at + 1)..close], at, close + 1 - at, true));
            return close + 1;
        }

        log.Error(
            DiagnosticCodes.UnterminatedQuote, line.SpanOf(at, text.Length - at), "the quote is not closed on this line; the line is left out");
        _words.Add(new Word("", at, text.Length - at, true));
        _broken = true;
        return text.Length;
    }

    /// <summary>The text has ended: blocks that are still open are reported at their heads.</summary>
    internal void Finish()
    {
        foreach (Statement block in _open.Reverse())
        {
            log.Error(DiagnosticCodes.UnclosedBlock, block.Span, $"block '{block.Keyword}' is never closed: a '}}' is missing");
        }
    }

    private static int WordEnd(string text, int start)
    {
        int i = start;
        while (i < text.Length && !char.IsWhiteSpace(text[i]) && text[i] is not ('{' or '}' or '"'))
        {
            bool use = text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{';
            int close = use ? text.IndexOf('}', i) : -1;
            i = close > 0 ? close + 1 : i + 1;
        }

        return i == start ? start + 1 : i;
    }

    private List<Statement> Current => _open.Count == 0 ? _root : _open.Peek().Block!;

    private void Flush(SourceLine line, int end, bool opens)
    {
        if (_words.Count == 0)
        {
            if (opens)
            {
                OpenAfterLine(line, end);
            }

            return;
        }

        var statement = new Statement(line, [.. _words], end);
        _words.Clear();
        if (_broken)
        {
            return;
        }

        Write(statement, opens);
        WarnOfUnresolved(statement);
        if (_tooDeep == 0)
        {
            Current.Add(statement);
        }

        if (opens)
        {
            Open(statement);
        }
        else if (_tooDeep == 0 && _open.Count == 1 && _open.Peek().Keyword == "global_defs")
        {
            globalStatement(statement);
        }
    }

    /// <summary>What still looks like the use of a definition has none. Not said in blocks of secrets, where a dollar may be part of one.</summary>
    private void WarnOfUnresolved(Statement statement)
    {
        if (_open.TryPeek(out Statement? block) && Secrets.IsSecretBlock(block.Keyword))
        {
            return;
        }

        foreach (Word word in statement.Words)
        {
            int braced = word.Text.IndexOf("${", StringComparison.Ordinal);
            bool name = !word.Quoted && word.Text is ['$', (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or '_', ..];
            if (name || (braced >= 0 && word.Text.IndexOf('}', braced) > 0))
            {
                log.Warning(
                    DiagnosticCodes.UnresolvedDefinition,
                    statement.SpanOf(word),
                    "no definition of this name is in force here, the text stays as it is; $NAME needs a blank, ',' or ')' behind it, ${NAME} may stand anywhere");
            }
        }
    }

    /// <summary>A brace at the start of a line belongs to the statement before it.</summary>
    private void OpenAfterLine(SourceLine line, int at)
    {
        if (_tooDeep == 0 && Current is [.., { Block: null } head])
        {
            _text.Append(' ', 4 * _open.Count).Append("{\n");
            Open(head);
            return;
        }

        log.Error(DiagnosticCodes.UnexpectedBlock, line.SpanOf(at, 1), "a block begins without a keyword; it is left out");
        Open(new Statement(line, [new Word("{", at, 1, false)], at));
    }

    private void Open(Statement head)
    {
        if (_tooDeep > 0 || _open.Count >= limits.BlockDepth)
        {
            if (_tooDeep++ == 0)
            {
                log.Error(DiagnosticCodes.LimitReached, head.Span, $"blocks are nested more than {limits.BlockDepth} deep; the inner ones are left out");
            }

            return;
        }

        head.Block ??= [];
        _open.Push(head);
    }

    private void Close(SourceLine line, int at)
    {
        if (_tooDeep > 0)
        {
            _tooDeep--;
        }
        else if (!_open.TryPop(out _))
        {
            log.Error(DiagnosticCodes.ExtraCloseBrace, line.SpanOf(at, 1), "'}' closes nothing: there is one too many");
            return;
        }

        _text.Append(' ', 4 * _open.Count).Append("}\n");
    }

    private void Write(Statement statement, bool opens)
    {
        _text.Append(' ', 4 * _open.Count);
        bool hidden = _open.Skip(1).Any(outer => Secrets.IsSecretBlock(outer.Keyword));
        int visible = hidden ? 0 : Secrets.VisibleWords(statement.Words, _open.TryPeek(out Statement? block) ? block.Keyword : "");
        for (int i = 0; i < statement.Words.Length; i++)
        {
            Word word = statement.Words[i];
            string shown = i < visible ? word.Text : Secrets.Mask;
            _text.Append(i == 0 ? "" : " ").Append(word.Quoted && i < visible ? $"\"{shown}\"" : shown);
        }

        _text.Append(opens ? " {\n" : "\n");
    }
}
