using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads <c>vrrp_script</c> blocks, and the <c>track_script</c> entries that name them.</summary>
internal sealed class TrackScriptReader(ValueReader values, KeywordGate gate)
{
    private const string Block = "vrrp_script";
    private const int WeightMaximum = 253;
    private const decimal SecondsMaximum = 4_294m;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, VrrpScriptSettings?> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tracked = new(StringComparer.Ordinal);

    /// <summary>One line of <c>track_script</c>; null: the script's own weight.</summary>
    internal sealed record Entry(string Script, SourceSpan Span, int? Weight, bool? Reverse);

    internal void Read(Statement head)
    {
        if (values.One(head) is not { } name)
        {
            return;
        }

        if (_byName.ContainsKey(name.Text))
        {
            values.Log.Error(DiagnosticCodes.DuplicateName, head.SpanOf(name), $"vrrp_script {name.Text} is already defined");
            return;
        }

        var draft = new Draft();
        foreach (Statement statement in head.Block ?? [])
        {
            if (gate.Admits(statement, Block))
            {
                ReadLine(draft, statement);
            }
        }

        if (draft.Script is null && !draft.ScriptWritten)
        {
            values.Log.Error(DiagnosticCodes.MissingValue, head.Span, $"vrrp_script {name.Text} has no script: there is nothing to run");
        }

        _byName.Add(name.Text, draft.Script is null ? null : draft.ToSettings(name.Text, head.Span));
    }

    internal static void ReadEntries(List<Entry> into, Statement block, ValueReader values)
    {
        values.IgnoreFrom(block, 1);
        foreach (Statement statement in block.Block ?? [])
        {
            Word name = statement.Words[0];
            (int? weight, bool? reverse) = ReadWeight(statement, 1, values);
            if (into.Exists(entry => entry.Script == name.Text))
            {
                values.Log.Warning(DiagnosticCodes.Repeated, statement.Span, $"track_script '{name.Text}' is given twice, the first one counts");
            }
            else
            {
                into.Add(new Entry(name.Text, statement.Span, weight, reverse));
            }
        }
    }

    /// <summary>The scripts that an instance tracks, once every <c>vrrp_script</c> is known.</summary>
    /// <param name="owner">For messages.</param>
    /// <param name="whyNoWeight">Why the instance's priority cannot be changed by weights; null: it can.</param>
    internal ImmutableArray<TrackedScript> Resolve(string owner, IEnumerable<Entry> entries, string? whyNoWeight)
    {
        ImmutableArray<TrackedScript>.Builder tracked = ImmutableArray.CreateBuilder<TrackedScript>();
        foreach (Entry entry in entries)
        {
            if (!_byName.TryGetValue(entry.Script, out VrrpScriptSettings? script))
            {
                values.Log.Warning(DiagnosticCodes.UnknownTracker, entry.Span, $"there is no vrrp_script '{entry.Script}': {owner} does not track it");
                continue;
            }

            if (script is null || tracked.Any(known => known.Script == entry.Script))
            {
                continue;
            }

            int weight = entry.Weight ?? script.Weight;
            if (weight != 0 && whyNoWeight is not null)
            {
                values.Log.Warning(
                    DiagnosticCodes.WeightVoid, entry.Span, $"{owner} does not track '{entry.Script}', whose weight {weight} could not act: {whyNoWeight}");
                continue;
            }

            _tracked.Add(entry.Script);
            tracked.Add(new TrackedScript(entry.Script, entry.Span, weight, entry.Reverse ?? script.Reverse));
        }

        return tracked.ToImmutable();
    }

    /// <summary>Those that are tracked. The others are never run, as keepalived does.</summary>
    internal ImmutableArray<VrrpScriptSettings> Tracked()
    {
        foreach (VrrpScriptSettings script in _byName.Values.OfType<VrrpScriptSettings>().Where(script => !_tracked.Contains(script.Name)))
        {
            values.Log.Warning(DiagnosticCodes.NotTracked, script.Span, $"vrrp_script {script.Name} is tracked by no instance: it is not run");
        }

        return [.. _byName.Values.OfType<VrrpScriptSettings>().Where(script => _tracked.Contains(script.Name))];
    }

    private void ReadLine(Draft draft, Statement statement)
    {
        switch (statement.Keyword)
        {
            case "script":
                draft.ScriptWritten = true;
                draft.Script = ScriptReader.ReadTracked(statement, values.Log) ?? draft.Script;
                break;
            case "interval":
                draft.Interval = Period(statement) ?? draft.Interval;
                break;
            case "timeout":
                draft.Timeout = Period(statement) ?? draft.Timeout;
                break;
            case "weight":
                (int? weight, bool? reverse) = ReadWeight(statement, 0, values);
                (draft.Weight, draft.Reverse) = (weight ?? draft.Weight, reverse ?? draft.Reverse);
                break;
            case "rise":
                draft.Rise = (int)(values.Integer(statement, 1, int.MaxValue / 2) ?? draft.Rise);
                break;
            case "fall":
                draft.Fall = (int)(values.Integer(statement, 1, int.MaxValue / 2) ?? draft.Fall);
                break;
            case "user":
                ReadUser(draft, statement);
                break;
            default:
                draft.InitFail = values.Flag(statement);
                break;
        }
    }

    private void ReadUser(Draft draft, Statement statement)
    {
        if (statement.Words.Length < 2)
        {
            values.One(statement);
            return;
        }

        values.IgnoreFrom(statement, 3);
        (draft.User, draft.Group) = (statement.Words[1].Text, statement.Words.Length > 2 ? statement.Words[2].Text.TrimStart(':') : null);
    }

    /// <summary>Above zero; 0 is read as one second, as keepalived does.</summary>
    private TimeSpan? Period(Statement statement)
    {
        TimeSpan? period = values.Seconds(statement, 0, SecondsMaximum);
        if (period == TimeSpan.Zero)
        {
            values.Log.Warning(DiagnosticCodes.Rounded, statement.SpanOf(statement.Words[1]), $"{statement.Keyword} 0 is used as 1 s");
            return Shortest;
        }

        return period;
    }

    /// <summary><c>weight N [reverse|noreverse]</c> from word <paramref name="at"/> on.</summary>
    private static (int? Weight, bool? Reverse) ReadWeight(Statement statement, int at, ValueReader values)
    {
        if (statement.Words.Length == at && at > 0)
        {
            return (null, null);
        }

        if (statement.Words[at].Text != "weight")
        {
            values.Log.Error(
                DiagnosticCodes.UnknownKeyword, statement.SpanOf(statement.Words[at]), $"unknown word '{statement.Words[at].Text}' behind a tracked script, allowed 'weight N [reverse]'");
            return (null, null);
        }

        if (statement.Words.Length == at + 1)
        {
            values.Log.Error(DiagnosticCodes.MissingValue, statement.EndSpan, $"weight needs a number, allowed {-WeightMaximum} to {WeightMaximum}");
            return (null, null);
        }

        long? weight = values.Integer(statement, statement.Words[at + 1], "weight", -WeightMaximum, WeightMaximum);
        bool? reverse = null;
        if (statement.Words.Length > at + 2)
        {
            Word word = statement.Words[at + 2];
            reverse = word.Text == "reverse" ? true : word.Text == "noreverse" ? false : null;
            if (reverse is null)
            {
                values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(word), $"'{word.Text}' behind a weight is unknown, allowed reverse and noreverse");
            }

            values.IgnoreFrom(statement, at + 3);
        }

        return ((int?)weight, reverse);
    }

    private sealed class Draft
    {
        internal ScriptCommand? Script { get; set; }

        internal bool ScriptWritten { get; set; }

        internal TimeSpan Interval { get; set; } = Shortest;

        internal TimeSpan? Timeout { get; set; }

        internal int Weight { get; set; }

        internal bool Reverse { get; set; }

        internal int Rise { get; set; } = 1;

        internal int Fall { get; set; } = 1;

        internal string? User { get; set; }

        internal string? Group { get; set; }

        internal bool InitFail { get; set; }

        internal VrrpScriptSettings ToSettings(string name, SourceSpan span) => new()
        {
            Name = name,
            Span = span,
            Script = Script! with { User = User ?? Script!.User, Group = User is null ? Script!.Group : Group },
            Interval = Interval,
            Timeout = Timeout ?? Interval,
            Weight = Weight,
            Reverse = Reverse,
            Rise = Rise,
            Fall = Fall,
            InitFail = InitFail,
        };
    }
}
