namespace Keepalived.Es.Domain.Configuration.Reload;

/// <summary>A command with the account that it runs as, to compare and to show.</summary>
internal static class CommandText
{
    internal static string Of(ScriptCommand? script, GlobalSettings global)
    {
        if (script is null)
        {
            return "";
        }

        (string? user, string? group) = script.User is null ? (global.ScriptUser, global.ScriptGroup) : (script.User, script.Group);
        return string.Join(' ', script.Command.Select(Quoted)) + (user is null ? "" : $" as {user}") + (group is null ? "" : $":{group}");
    }

    /// <summary>So that two command lines are equal only if their words are.</summary>
    private static string Quoted(string word) => word.Length == 0 || word.AsSpan().IndexOfAny(" \t\"'\\") >= 0
        ? $"'{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'"
        : word;
}
