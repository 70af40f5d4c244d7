namespace Keepalived.Es.Scripting.JavaScript.Checking;

/// <summary>Cuts JavaScript, of whatever year, into tokens. Never fails: what cannot be read becomes a broken token, and ends it.</summary>
/// <param name="source">The text.</param>
internal sealed class ScriptTokenizer(string source)
{
    private const int LongestPunctuator = 4;

    private static readonly HashSet<string> _punctuators =
    [
        "...", "=>", "**", "**=", "??", "??=", "?.", "&&=", "||=",    // newer than ES5
        "{", "}", "(", ")", "[", "]", ".", ";", ",", "<", ">", "<=", ">=", "==", "!=", "===", "!==", "+", "-", "*", "/", "%", "++", "--",
        "<<", ">>", ">>>", "&", "|", "^", "!", "~", "&&", "||", "?", ":", "=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", ">>>=", "&=", "|=", "^=",
    ];

    private int _at;
    private int _line = 1;
    private int _lineStart;
    private bool _newLine = true;

    /// <summary>The next token; null at the end.</summary>
    /// <param name="slashIsRegex">Whether a slash here begins a regular expression.</param>
    internal ScriptToken? Next(bool slashIsRegex)
    {
        _newLine = _at == 0;
        int line = _line, column = Column;
        if (SkipSpace() is { } problem)
        {
            _at = source.Length;
            return new ScriptToken(TokenKind.Broken, problem, line, column, _newLine);
        }

        if (_at >= source.Length)
        {
            return null;
        }

        int start = _at;
        (line, column) = (_line, Column);
        TokenKind kind = Read(slashIsRegex, out problem);
        if (problem is not null)
        {
            _at = source.Length;
            return new ScriptToken(TokenKind.Broken, problem, line, column, _newLine);
        }

        return new ScriptToken(kind, source[start.._at], line, column, _newLine);
    }

    private int Column => _at - _lineStart + 1;

    private char Peek(int ahead = 0) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    private static bool IsNewLine(char c) => c is '\n' or '\r' or '\u2028' or '\u2029';

    private static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '$' or '_' or '\\' || (c > 0x7F && !char.IsWhiteSpace(c) && c != '\uFEFF');

    private bool StartsWith(string text) => string.CompareOrdinal(source, _at, text, 0, text.Length) == 0;

    /// <summary>One character on, with the count of lines.</summary>
    private void Advance()
    {
        char c = source[_at++];
        if (IsNewLine(c) && !(c == '\r' && Peek() == '\n'))
        {
            (_line, _lineStart, _newLine) = (_line + 1, _at, true);
        }
    }

    private string? SkipSpace()
    {
        while (_at < source.Length)
        {
            char c = Peek();
            if (char.IsWhiteSpace(c) || c == '\uFEFF')
            {
                Advance();
            }
            else if (StartsWith("//"))
            {
                SkipLine();
            }
            else if (StartsWith("/*"))
            {
                int end = source.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                if (end < 0)
                {
                    return "the comment is not closed: */ is missing";
                }

                while (_at < end + 2)
                {
                    Advance();
                }
            }
            else
            {
                return StartsWith("<!--") || (_newLine && StartsWith("-->")) ? "comments of HTML are not taken: use //" : null;
            }
        }

        return null;
    }

    private void SkipLine()
    {
        while (_at < source.Length && !IsNewLine(Peek()))
        {
            _at++;
        }
    }

    private TokenKind Read(bool slashIsRegex, out string? problem)
    {
        problem = null;
        char c = Peek();
        switch (c)
        {
            case '"' or '\'':
                problem = ReadText(c);
                return TokenKind.Text;
            case '`':
                problem = ReadTemplate();
                return TokenKind.Template;
            case '/' when slashIsRegex:
                problem = ReadRegex();
                return TokenKind.Regex;
        }

        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
        {
            ReadNumber();
            return TokenKind.Number;
        }

        if (IsNamePart(c))
        {
            SkipNameParts();
            return TokenKind.Name;
        }

        problem = ReadPunctuator() ? null : $"the character '{c}' (U+{(int)c:X4}) does not belong here";
        return TokenKind.Punctuator;
    }

    private void SkipNameParts()
    {
        while (_at < source.Length && IsNamePart(Peek()))
        {
            _at++;
        }
    }

    private void ReadNumber()
    {
        bool hexadecimal = Peek() == '0' && Peek(1) is 'x' or 'X';
        while (IsNamePart(Peek()) || Peek() == '.' || (!hexadecimal && Peek() is '+' or '-' && source[_at - 1] is 'e' or 'E'))
        {
            _at++;
        }
    }

    private string? ReadText(char mark)
    {
        for (_at++; _at < source.Length && Peek() != mark; Advance())
        {
            if (Peek() == '\\')
            {
                Advance();
            }
            else if (Peek() is '\n' or '\r')
            {
                return $"the text is not closed: {mark} is missing";
            }

            if (_at >= source.Length)
            {
                break;
            }
        }

        if (_at >= source.Length)
        {
            return $"the text is not closed: {mark} is missing";
        }

        _at++;
        return null;
    }

    /// <summary>To its end, taken as simple; only that it is there matters.</summary>
    private string? ReadTemplate()
    {
        int end = source.IndexOf('`', _at + 1);
        while (_at < (end < 0 ? source.Length : end + 1))
        {
            Advance();
        }

        return null;
    }

    private string? ReadRegex()
    {
        bool inClass = false;
        for (_at++; _at < source.Length && !IsNewLine(Peek()); _at++)
        {
            char c = Peek();
            if (c == '/' && !inClass)
            {
                _at++;
                SkipNameParts();
                return null;
            }

            inClass = c == '[' || (inClass && c != ']');
            _at += c == '\\' && !IsNewLine(Peek(1)) ? 1 : 0;
        }

        return "the regular expression is not closed: / is missing";
    }

    private bool ReadPunctuator()
    {
        for (int length = Math.Min(LongestPunctuator, source.Length - _at); length > 0; length--)
        {
            string text = source.Substring(_at, length);
            if (_punctuators.Contains(text) && !(text == "?." && char.IsAsciiDigit(Peek(2))))
            {
                _at += length;
                return true;
            }
        }

        return false;
    }
}
