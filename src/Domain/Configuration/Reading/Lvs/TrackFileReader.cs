using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads <c>track_file</c> blocks of the root.</summary>
internal sealed class TrackFileReader(ValueReader values, KeywordGate gate)
{
    private const int WeightMaximum = int.MaxValue;

    private readonly Dictionary<string, TrackFileSettings?> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    internal void Read(Statement head)
    {
        if (values.One(head) is not { } name)
        {
            return;
        }

        var settings = new TrackFileSettings(name.Text, head.SpanOf(name), "");
        foreach (Statement statement in head.Block ?? [])
        {
            if (gate.Admits(statement, "track_file"))
            {
                settings = ReadLine(settings, statement);
            }
        }

        if (settings.Path.Length == 0)
        {
            values.Log.Error(DiagnosticCodes.MissingValue, head.Span, $"track_file {name.Text} has no file");
        }

        if (!_byName.TryAdd(name.Text, settings.Path.Length == 0 ? null : settings))
        {
            values.Log.Error(DiagnosticCodes.DuplicateName, head.SpanOf(name), $"track_file {name.Text} is already defined");
        }
    }

    /// <summary>Null: there is none of that name, or it is wrong; the former is reported.</summary>
    internal TrackFileSettings? Find(string name, SourceSpan at, string owner)
    {
        _used.Add(name);
        if (!_byName.TryGetValue(name, out TrackFileSettings? settings))
        {
            values.Log.Error(DiagnosticCodes.UnknownTracker, at, $"there is no track_file '{name}': {owner} has nothing to look at");
        }

        return settings;
    }

    /// <summary>Those that are used.</summary>
    internal ImmutableArray<TrackFileSettings> Used()
    {
        foreach (TrackFileSettings file in _byName.Values.OfType<TrackFileSettings>().Where(file => !_used.Contains(file.Name)))
        {
            values.Log.Warning(DiagnosticCodes.NotTracked, file.Span, $"track_file {file.Name} is tracked by nobody: it is not read");
        }

        return [.. _byName.Values.OfType<TrackFileSettings>().Where(file => _used.Contains(file.Name))];
    }

    private TrackFileSettings ReadLine(TrackFileSettings settings, Statement statement)
    {
        switch (statement.Keyword)
        {
            case "file":
                return values.One(statement) is { } path ? settings with { Path = Absolute(statement, path) ?? settings.Path } : settings;
            case "weight":
                return WeightText.Read(statement, values, WeightMaximum) is var (weight, reverse)
                    ? settings with { Weight = weight, Reverse = reverse ?? settings.Reverse }
                    : settings;
            default:
                return ReadInitial(settings, statement);
        }
    }

    private string? Absolute(Statement statement, Word path)
    {
        if (path.Text.StartsWith('/'))
        {
            return path.Text;
        }

        values.Log.Error(DiagnosticCodes.BadName, statement.SpanOf(path), $"file '{path.Text}' is not an absolute path");
        return null;
    }

    /// <summary><c>init_file [VALUE] [overwrite]</c>.</summary>
    private TrackFileSettings ReadInitial(TrackFileSettings settings, Statement statement)
    {
        settings = settings with { InitialValue = 0 };
        foreach (Word word in statement.Words.Skip(1))
        {
            if (word.Text == "overwrite")
            {
                settings = settings with { Overwrite = true };
            }
            else if (values.Integer(statement, word, "init_file", int.MinValue, int.MaxValue) is { } initial)
            {
                settings = settings with { InitialValue = (int)initial };
            }
        }

        return settings;
    }
}
