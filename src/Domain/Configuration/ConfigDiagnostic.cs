using System.Collections.Immutable;

namespace Keepalived.Es.Domain.Configuration;

/// <summary>Where a token stands.</summary>
/// <param name="File">As the user named it or the include found it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units; a tab counts as one.</param>
/// <param name="Length">In UTF-16 units, 0 for a place between tokens.</param>
public readonly record struct SourceSpan(string File, int Line, int Column, int Length)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

public enum Severity : byte
{
    /// <summary>The configuration would run; something in it is not in force or is better written otherwise.</summary>
    Warning,

    /// <summary>Something the user asked for is lost. The daemon refuses to start with it.</summary>
    Error,
}

/// <summary>What kind of problem it is: it decides the exit code of <c>--config-test</c> (language.md section 8; keepalived(8)).</summary>
public enum DiagnosticClass : byte
{
    /// <summary>Exit code 5: it would run, with something ignored.</summary>
    Content,

    /// <summary>Exit code 4: a file is missing or it cannot run at all.</summary>
    CannotRun,

    /// <summary>Exit code 6: all is well but that scripts run as root whose files nobody has checked.</summary>
    Security,
}

/// <summary>One problem: what is wrong, the value seen, what is allowed, where.</summary>
/// <param name="Code">KA followed by four digits; never reused.</param>
public sealed record ConfigDiagnostic(string Code, Severity Severity, SourceSpan Span, string Message, DiagnosticClass Class = DiagnosticClass.Content)
{
    /// <summary><c>file:line:column: severity code: message</c>, as compilers print.</summary>
    public override string ToString() => $"{Span}: {(Severity == Severity.Error ? "error" : "warning")} {Code}: {Message}";
}

/// <summary>What a reading of configuration files gave: all diagnostics, not only the first.</summary>
/// <param name="Config">Null when an error stands in the way of running.</param>
/// <param name="Text">The consolidated text: includes spliced in, comments gone, definitions substituted.</param>
public sealed record ConfigParse(KeepalivedConfig? Config, ImmutableArray<ConfigDiagnostic> Diagnostics, string Text)
{
    /// <summary>For the next reading of these files; null: none.</summary>
    public ConfigMemory? Memory { get; init; }
}
