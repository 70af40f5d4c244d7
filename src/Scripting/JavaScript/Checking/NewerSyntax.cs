namespace Keepalived.Es.Scripting.JavaScript.Checking;

/// <summary>Finds what is newer than ES5, and what hooks may not use. Jint's own parser takes <c>let</c> and <c>const</c>, and gets them wrong.</summary>
internal static class NewerSyntax
{
    private const string Build = "or compile the file with 'kes hooks build FILE'";

    private static readonly Dictionary<string, string> _words = new()
    {
        ["let"] = "use var",
        ["const"] = "use var",
        ["class"] = "use a function and its prototype",
        ["import"] = "put everything into one file",
        ["export"] = "functions of the file are found by their name",
        ["super"] = "call the function by its name",
    };

    private static readonly Dictionary<string, string> _operators = new()
    {
        ["=>"] = "use function (x) { return … }",
        ["..."] = "use apply, concat or arguments",
        ["**"] = "use Math.pow",
        ["**="] = "use Math.pow",
        ["??"] = "compare with null",
        ["??="] = "compare with null",
        ["?."] = "use a && a.b",
        ["&&="] = "use a = a && b",
        ["||="] = "use a = a || b",
    };

    /// <param name="tokens">Of the whole script.</param>
    /// <param name="at">Which of them to look at.</param>
    /// <returns>What is wrong with it; null: nothing.</returns>
    internal static string? Find(IReadOnlyList<ScriptToken> tokens, int at)
    {
        ScriptToken token = tokens[at];
        ScriptToken before = at > 0 ? tokens[at - 1] : default, after = at + 1 < tokens.Count ? tokens[at + 1] : default;
        return token.Kind switch
        {
            TokenKind.Broken => token.Text,
            TokenKind.Template => Newer("a template literal", "join the parts with +"),
            TokenKind.Text => token.Text.Contains("\\u{", StringComparison.Ordinal) ? Newer(@"'\u{…}'", @"write two \uXXXX") : null,
            TokenKind.Number => Number(token.Text),
            TokenKind.Regex => Regex(token.Text),
            TokenKind.Name when before.Is(".") || (after.Is(":") && token.Within == LevelKind.Object) => null,
            TokenKind.Name => Member(token, before, after) ?? Word(token, before, after),
            _ => Punctuator(token, before, after),
        };
    }

    private static string Newer(string what, string advice) => $"{what} is newer than ES5: {advice}, {Build}";

    private static string? Number(string text)
    {
        bool radix = text.Length > 1 && text[0] == '0' && text[1] is 'b' or 'B' or 'o' or 'O';
        return radix || text.Contains('_', StringComparison.Ordinal) || (text[^1] == 'n' && char.IsAsciiDigit(text[0]))
            ? Newer($"the number {text}", "write it in decimal or hexadecimal digits")
            : null;
    }

    private static string? Regex(string text)
    {
        string flags = text[(text.LastIndexOf('/') + 1)..];
        int other = flags.AsSpan().IndexOfAnyExcept("gim");
        return other >= 0 ? Newer($"the flag '{flags[other]}' of a regular expression", "g, i and m are there") : null;
    }

    private static string? Member(ScriptToken token, ScriptToken before, ScriptToken after)
    {
        if (token.Within != LevelKind.Object || !(before.Is(",") || (before.Is("{") && before.Level == LevelKind.Object)))
        {
            return null;
        }

        return after.Is(",") || after.Is("}") ? Newer($"the short property '{token.Text}'", $"write {token.Text}: {token.Text}")
            : after.Is("(") ? Newer($"the short method '{token.Text}'", $"write {token.Text}: function (…) {{ … }}")
            : null;
    }

    private static string? Word(ScriptToken token, ScriptToken before, ScriptToken after)
    {
        if (_words.TryGetValue(token.Text, out string? advice))
        {
            return Newer($"'{token.Text}'", advice);
        }

        bool valueFollows = !after.NewLineBefore && after.Kind is TokenKind.Name or TokenKind.Text or TokenKind.Number or TokenKind.Template;
        return token.Text switch
        {
            "debugger" => "'debugger' is not allowed: there is no debugger",
            "eval" => "'eval' is not allowed: a hook is what stands in its file",
            "with" when after.Is("(") => "'with' is not allowed: name the object",
            "Function" when after.Is("(") || before.IsName("new") => "'Function' as a compiler is not allowed: a hook is what stands in its file",
            "async" when valueFollows && after.Text is not ("in" or "instanceof") => Newer("'async'", "host functions give their answer at once"),
            "await" when valueFollows && after.Text is not ("in" or "instanceof") => Newer("'await'", "host functions give their answer at once"),
            "yield" when valueFollows && after.Text is not ("in" or "instanceof") => Newer("'yield'", "collect the values in an array"),
            "function" when after.Is("*") => Newer("a generator", "collect the values in an array"),
            "of" when token is { Within: LevelKind.ForHead, AfterValue: true } => Newer("'for … of'", "use forEach, or count an index"),
            "catch" when after.Is("{") => Newer("'catch' without a name", "write catch (e)"),
            _ => null,
        };
    }

    private static string? Punctuator(ScriptToken token, ScriptToken before, ScriptToken after)
    {
        if (_operators.TryGetValue(token.Text, out string? advice))
        {
            return Newer($"'{token.Text}'", advice);
        }

        bool begins = before.Is(",") || before.Is("(") || before.Is("{");
        bool inParameters = token.Within == LevelKind.Parameters;
        bool isPattern = token.Text == "=" && ((before.Is("]") && before.ClosesArray) || (before.Is("}") && before.Level == LevelKind.Object));
        return token.Text switch
        {
            "{" or "[" when (inParameters && begins) || before.IsName("var") => Newer("taking a value apart", "name its parts one by one"),
            "=" when isPattern => Newer("taking a value apart", "assign its parts one by one"),
            "=" when inParameters => Newer("a default for a parameter", "compare with undefined"),
            "[" when token.Within == LevelKind.Object && begins => Newer("a computed name", "assign it afterwards, with o[name] = value"),
            "*" when token.Within == LevelKind.Object && begins => Newer("a generator", "collect the values in an array"),
            "." when before.IsName("new") => Newer("'new.target'", "use instanceof"),
            "," when after.Is(")") => Newer("a comma before ')'", "take it away"),
            _ => null,
        };
    }
}
