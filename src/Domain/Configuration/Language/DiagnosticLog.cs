using System.Collections.Immutable;

namespace Keepalived.Es.Domain.Configuration.Language;

/// <summary>Collects problems in the order they are found: each once, up to a limit.</summary>
internal sealed class DiagnosticLog(int limit)
{
    private readonly List<ConfigDiagnostic> _found = [];
    private readonly HashSet<ConfigDiagnostic> _known = [];
    private int _dropped;

    internal bool HasError { get; private set; }

    /// <summary>How often there was something to say, repetitions counted.</summary>
    internal int Said { get; private set; }

    internal void Error(string code, SourceSpan span, string message, DiagnosticClass @class = DiagnosticClass.Content) =>
        Add(new ConfigDiagnostic(code, Severity.Error, span, message, @class));

    internal void Warning(string code, SourceSpan span, string message) => Add(new ConfigDiagnostic(code, Severity.Warning, span, message));

    /// <param name="files">File names in the order of reading: problems are listed file by file, from the first line to the last.</param>
    internal ImmutableArray<ConfigDiagnostic> ToImmutable(IReadOnlyList<string> files)
    {
        Dictionary<string, int> order = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            order.TryAdd(file, order.Count);
        }

        List<ConfigDiagnostic> sorted = [.. _found
            .OrderBy(found => order.GetValueOrDefault(found.Span.File, int.MaxValue))
            .ThenBy(found => found.Span.Line)
            .ThenBy(found => found.Span.Column)];
        if (_dropped > 0)
        {
            sorted.Add(new ConfigDiagnostic(
                DiagnosticCodes.LimitReached, Severity.Error, sorted[^1].Span, $"{_dropped} more problems are not listed, allowed {limit}"));
        }

        return [.. sorted];
    }

    private void Add(ConfigDiagnostic diagnostic)
    {
        Said++;
        HasError |= diagnostic.Severity == Severity.Error;
        if (!_known.Add(diagnostic))
        {
            return;
        }

        if (_found.Count < limit)
        {
            _found.Add(diagnostic);
        }
        else
        {
            _dropped++;
            _known.Remove(diagnostic);
        }
    }
}
