namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>How loading a hook's file ended.</summary>
/// <param name="Ok">Its functions can be called.</param>
/// <param name="Functions">Names of the functions that it defines; empty when it could not be loaded.</param>
/// <param name="Duration">With the start of the worker.</param>
public sealed record HookLoad(bool Ok, IReadOnlyList<string> Functions, TimeSpan Duration)
{
    /// <inheritdoc cref="JavaScriptOutcome.Limit"/>
    public string? Limit { get; init; }

    /// <inheritdoc cref="JavaScriptOutcome.Error"/>
    public string? Error { get; init; }

    /// <inheritdoc cref="JavaScriptOutcome.File"/>
    public string? File { get; init; }

    /// <inheritdoc cref="JavaScriptOutcome.Line"/>
    public int? Line { get; init; }

    /// <inheritdoc cref="JavaScriptOutcome.Column"/>
    public int? Column { get; init; }
}
