namespace Keepalived.Es.Scripting.JavaScript.Checking;

internal enum TokenKind : byte { Name, Number, Text, Regex, Template, Punctuator, Broken }

/// <summary>What a bracket encloses.</summary>
internal enum LevelKind : byte { Top, Group, Condition, ForHead, Parameters, Index, Block, Object, FunctionValue }

/// <summary>A token and where it stands.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="Text">As written; of a text, a template or a regular expression with its marks and flags. Of a broken one: what is wrong.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="NewLineBefore">A line ends between the token before and this one.</param>
internal readonly record struct ScriptToken(TokenKind Kind, string Text, int Line, int Column, bool NewLineBefore)
{
    /// <summary>The innermost bracket around it. A bracket is within what is around it.</summary>
    internal LevelKind Within { get; init; }

    /// <summary>The token before ended a value, so that an operator may follow.</summary>
    internal bool AfterValue { get; init; }

    /// <summary>Of a closing bracket: what it closes; of an opening one: what it opens.</summary>
    internal LevelKind Level { get; init; }

    /// <summary>Of a closing bracket: it closes a list that began where a value may stand, so that it is an array and not an index.</summary>
    internal bool ClosesArray { get; init; }

    internal bool Is(string punctuator) => Kind == TokenKind.Punctuator && Text == punctuator;

    internal bool IsName(string name) => Kind == TokenKind.Name && Text == name;
}
