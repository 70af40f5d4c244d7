namespace Keepalived.Es.Scripting.JavaScript.Checking;

/// <summary>
/// Follows the brackets of a script, token by token: tells a regular expression from a division, a block from an object, and measures how deep a
/// parser would have to go, which no bracket shows for <c>1+1+1…</c> and <c>else if … else if …</c>.
/// </summary>
/// <param name="nesting">Brackets within brackets allowed.</param>
internal sealed class ScriptStructure(int nesting)
{
    /// <summary>Operators, keywords and brackets in a row, of one expression or statement and of those that it stands in.</summary>
    internal const int LongestChain = 1000;

    private static readonly HashSet<string> _keywords =
    [
        "break", "case", "catch", "continue", "debugger", "default", "delete", "do", "else", "finally", "for", "function", "if", "in",
        "instanceof", "new", "return", "switch", "throw", "try", "typeof", "var", "void", "while", "with", "const", "let", "class", "extends",
        "import", "export", "yield", "await",
    ];

    private readonly Stack<Level> _levels = new([new Level(LevelKind.Top, 0, false)]);
    private ScriptToken _last;
    private ScriptToken _beforeLast;
    private bool _any;

    /// <summary>Of the word <c>function</c> that came last: a declaration, and no value.</summary>
    private bool _isDeclaration;

    /// <summary>Whether the token that was last added ends a value.</summary>
    internal bool AfterValue => _any && _last.Kind switch
    {
        TokenKind.Name => IsMember(_beforeLast) || !_keywords.Contains(_last.Text),
        TokenKind.Punctuator => _last.Text switch
        {
            ")" => _last.Level is not (LevelKind.Condition or LevelKind.ForHead),
            "]" or "++" or "--" => true,
            "}" => _last.Level is LevelKind.Object or LevelKind.FunctionValue,
            _ => false,
        },
        _ => true,
    };

    /// <summary>Adds a token.</summary>
    /// <param name="token">The next of the script.</param>
    /// <param name="problem">Why the script goes too deep; null: it does not.</param>
    /// <returns>The token with its place filled in.</returns>
    internal ScriptToken Add(ScriptToken token, out string? problem)
    {
        bool afterValue = AfterValue;
        token = token with { AfterValue = afterValue };
        token = token.Kind != TokenKind.Punctuator ? token with { Within = _levels.Peek().Kind } : token.Text switch
        {
            "(" or "[" or "{" => Open(token),
            ")" or "]" or "}" => Close(token),
            _ => token with { Within = _levels.Peek().Kind },
        };
        if (token.IsName("function") && !IsMember(_last))
        {
            _isDeclaration = afterValue || StartsStatement(token);
        }

        Count(token, afterValue);
        (_beforeLast, _last, _any) = (_last, token, true);
        problem = _levels.Count - 1 > nesting ? $"brackets nest deeper than {nesting}"
            : _levels.Peek().Depth > LongestChain ? $"an expression or statement has more than {LongestChain} operators and keywords in a row"
            : null;
        return token;
    }

    private static bool IsMember(ScriptToken before) => before.Is(".") || before.Is("?.");

    private ScriptToken Open(ScriptToken token)
    {
        Level around = _levels.Peek();
        LevelKind kind = token.Text switch
        {
            "(" => Parenthesis(),
            "[" => LevelKind.Index,
            _ => Brace(token, around),
        };
        around.Chain++;
        _levels.Push(new Level(kind, around.Depth, token.Is("[") && !token.AfterValue));
        return token with { Within = around.Kind, Level = kind };
    }

    private ScriptToken Close(ScriptToken token)
    {
        if (_levels.Count == 1)
        {
            return token with { Level = LevelKind.Block };           // the parser says what is wrong with it
        }

        Level closed = _levels.Pop();
        return token with { Within = _levels.Peek().Kind, Level = closed.Kind, ClosesArray = closed.IsArray };
    }

    private LevelKind Parenthesis()
    {
        if (_last.Kind != TokenKind.Name || IsMember(_beforeLast))
        {
            return _last.Is("*") && _beforeLast.IsName("function") ? LevelKind.Parameters : LevelKind.Group;
        }

        return _last.Text switch
        {
            "if" or "while" or "with" => LevelKind.Condition,
            "for" => LevelKind.ForHead,
            "function" => LevelKind.Parameters,
            _ when _beforeLast.IsName("function") => LevelKind.Parameters,
            _ => LevelKind.Group,
        };
    }

    private LevelKind Brace(ScriptToken token, Level around)
    {
        if (_last.Is(")"))
        {
            return _last.Level == LevelKind.Parameters && !_isDeclaration ? LevelKind.FunctionValue : LevelKind.Block;
        }

        return StartsStatement(token) || token.AfterValue || (_last.Is(":") && around.Kind != LevelKind.Object && around.Questions == 0)
            ? LevelKind.Block
            : LevelKind.Object;
    }

    /// <summary>Whether a statement, and no value, begins with this token.</summary>
    private bool StartsStatement(ScriptToken token)
    {
        return !_any || _last.Kind switch
        {
            TokenKind.Name => !IsMember(_beforeLast)
                && (_last.Text is "else" or "do" or "try" or "finally" or "catch" || (_last.Text == "return" && token.NewLineBefore)),
            TokenKind.Punctuator => _last.Text switch
            {
                ";" or "=>" => true,
                "{" => _last.Level is LevelKind.Block or LevelKind.FunctionValue,
                "}" or ")" => !AfterValue,
                _ => false,
            },
            _ => false,
        };
    }

    /// <summary>Counts what makes a parser, and the interpreter after it, go one step deeper.</summary>
    private void Count(ScriptToken token, bool afterValue)
    {
        Level level = _levels.Peek();
        bool keyword = token.Kind == TokenKind.Name && !IsMember(_last) && _keywords.Contains(token.Text);
        bool ends = token.Is(";") || token.Is(",") || (token.Is("}") && token.Level == LevelKind.Block);
        bool nextLine = token.NewLineBefore && afterValue && token.Kind != TokenKind.Punctuator && token.Text is not ("in" or "instanceof" or "else");
        if (ends || nextLine || (keyword && token.Text is "case" or "default"))
        {
            (level.Before, level.Chain, level.Questions) = (level.Chain, 0, 0);
        }
        else if (keyword && token.Text == "else")
        {
            level.Chain = Math.Max(level.Chain, level.Before) + 1;
        }
        else if (keyword || (token.Kind == TokenKind.Punctuator && token.Text is not ("(" or ")" or "[" or "]" or "{" or "}")))
        {
            level.Chain++;
            level.Questions += token.Text == "?" ? 1 : token.Text == ":" && level.Questions > 0 ? -1 : 0;
        }
    }

    private sealed class Level(LevelKind kind, int depthAround, bool isArray)
    {
        internal LevelKind Kind => kind;

        internal bool IsArray => isArray;

        internal int Chain { get; set; }

        /// <summary>With the chains of all brackets around.</summary>
        internal int Depth => depthAround + Chain;

        /// <summary>Of the statement before, which an <c>else</c> continues.</summary>
        internal int Before { get; set; }

        /// <summary>Conditions <c>a ? b : c</c> whose colon has not come yet.</summary>
        internal int Questions { get; set; }
    }
}
