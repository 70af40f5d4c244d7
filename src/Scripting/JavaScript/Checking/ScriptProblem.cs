namespace Keepalived.Es.Scripting.JavaScript.Checking;

/// <summary>Why a hook's file is refused.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units; a tab counts as one.</param>
/// <param name="Message">What is wrong, and what to do instead.</param>
public sealed record ScriptProblem(int Line, int Column, string Message);
