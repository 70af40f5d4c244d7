namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>
/// One segment of a path pattern, as glob(7) has it: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>, <c>[[:digit:]]</c> and a backslash before
/// what is meant literally. A dot at the beginning of a name must be written. Letters compare by their number, as in the C locale.
/// </summary>
/// <param name="text">Without <c>/</c>.</param>
internal sealed class GlobPattern(string text)
{
    /// <summary>Whether a name must be searched for at all.</summary>
    internal bool IsPlain => text.AsSpan().IndexOfAny("*?[\\") < 0;

    internal bool Matches(ReadOnlySpan<char> name)
    {
        if (name.StartsWith(".") && !text.StartsWith('.') && !text.StartsWith("\\.", StringComparison.Ordinal))
        {
            return false;
        }

        int pattern = 0;
        int at = 0;
        int afterStar = -1;
        int starMatched = 0;
        while (at < name.Length)
        {
            int next = pattern;
            if (pattern < text.Length && text[pattern] == '*')
            {
                (afterStar, starMatched) = (++pattern, at);
            }
            else if (pattern < text.Length && MatchesOne(name[at], ref next))
            {
                (pattern, at) = (next, at + 1);
            }
            else if (afterStar >= 0)
            {
                (pattern, at) = (afterStar, ++starMatched);      // the star takes one more
            }
            else
            {
                return false;
            }
        }

        return text.AsSpan(pattern).TrimStart('*').IsEmpty;
    }

    /// <summary>Matches one character and moves behind its part of the pattern.</summary>
    private bool MatchesOne(char c, ref int at)
    {
        switch (text[at])
        {
            case '?':
                at++;
                return true;
            case '[' when SetEnd(at) is > 0 and var end:
                bool within = IsInSet(c, at + 1, end);
                at = end + 1;
                return within;
            case '\\' when at + 1 < text.Length:
                at += 2;
                return text[at - 1] == c;
            default:
                return text[at++] == c;
        }
    }

    /// <summary>Where the bracket that closes the set stands; -1: there is none, and the opening one is meant literally.</summary>
    private int SetEnd(int open)
    {
        int at = open + 1;
        at += at < text.Length && text[at] is '!' or '^' ? 1 : 0;
        at += at < text.Length && text[at] == ']' ? 1 : 0;       // first in the set it is a member
        while (at < text.Length && text[at] != ']')
        {
            at = text[at] == '\\' ? at + 2 : ClassEnd(at) is > 0 and var end ? end + 2 : at + 1;
        }

        return at < text.Length ? at : -1;
    }

    /// <summary>Where <c>:]</c> of a class that begins here stands; -1: none begins here.</summary>
    private int ClassEnd(int at) =>
        string.CompareOrdinal(text, at, "[:", 0, 2) == 0 ? text.IndexOf(":]", at + 2, StringComparison.Ordinal) : -1;

    private bool IsInSet(char c, int at, int end)
    {
        bool negated = text[at] is '!' or '^';
        bool found = false;
        for (at += negated ? 1 : 0; at < end;)
        {
            if (ClassEnd(at) is > 0 and var close && close < end)
            {
                found |= IsInClass(c, text.AsSpan((at + 2)..close));
                at = close + 2;
                continue;
            }

            char low = Member(ref at);
            char high = low;
            if (at + 1 < end && text[at] == '-')
            {
                at++;
                high = Member(ref at);
            }

            found |= low <= c && c <= high;
        }

        return found != negated;
    }

    private char Member(ref int at)
    {
        at += text[at] == '\\' && at + 1 < text.Length ? 1 : 0;
        return text[at++];
    }

    private static bool IsInClass(char c, ReadOnlySpan<char> name) => name switch
    {
        "alpha" => char.IsAsciiLetter(c),
        "digit" => char.IsAsciiDigit(c),
        "alnum" => char.IsAsciiLetterOrDigit(c),
        "upper" => char.IsAsciiLetterUpper(c),
        "lower" => char.IsAsciiLetterLower(c),
        "xdigit" => char.IsAsciiHexDigit(c),
        "space" => c is ' ' or (>= '\t' and <= '\r'),
        "blank" => c is ' ' or '\t',
        "punct" => char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)),
        "cntrl" => char.IsAscii(c) && char.IsControl(c),
        "print" => c is >= ' ' and <= '~',
        "graph" => c is > ' ' and <= '~',
        _ => false,
    };
}
