using System.Globalization;

namespace Keepalived.Es.Domain.Configuration.Language;

internal sealed partial class Preprocessor
{
    private const int RandomMaximum = 32_767;

    private readonly List<string> _expanding = [];
    private Random _random;

    /// <param name="Arguments">Text between the name and the closing brace, trimmed.</param>
    /// <param name="End">Index behind the use.</param>
    private readonly record struct DefinitionUse(string Name, string Arguments, int End);

    /// <summary><c>${NAME}</c> anywhere; <c>$NAME</c> before a blank, a comma, a closing parenthesis or the end.</summary>
    private static bool TryMatchUse(string text, int at, out DefinitionUse use)
    {
        use = default;
        bool braced = at + 1 < text.Length && text[at + 1] == '{';
        int start = at + (braced ? 2 : 1);
        int end = NameEnd(text, start);
        if (end == start)
        {
            return false;
        }

        string name = text[start..end];
        if (!braced)
        {
            use = new DefinitionUse(name, "", end);
            return end == text.Length || char.IsWhiteSpace(text[end]) || text[end] is ',' or ')';
        }

        int close = text.IndexOf('}', end);
        if (close < 0 || (close > end && !char.IsWhiteSpace(text[end])))
        {
            return false;
        }

        use = new DefinitionUse(name, text[end..close].Trim(), close + 1);
        return true;
    }

    /// <summary>Replaces every use of a definition on one line; late binding, so inner names are looked up now. The same object when there is none.</summary>
    private SourceLine Substitute(SourceLine line)
    {
        if (!line.Text.Contains('$', StringComparison.Ordinal))
        {
            return line;
        }

        SourceLineBuilder? built = null;
        int from = 0;
        for (int i = line.Text.IndexOf('$', StringComparison.Ordinal); i >= 0 && !_stopped; i = line.Text.IndexOf('$', i))
        {
            if (!TryMatchUse(line.Text, i, out DefinitionUse use) || !IsSubstitutable(use))
            {
                i++;
                continue;
            }

            built ??= new SourceLineBuilder();
            built.Append(line, from, i - from);
            Expand(built, line, use, line.SpanOf(i, use.End - i));
            from = i = use.End;
        }

        if (built is null)
        {
            return line;
        }

        built.Append(line, from, line.Text.Length - from);
        return built.ToLine();
    }

    private bool IsSubstitutable(DefinitionUse use) =>
        _definitions.TryGetValue(use.Name, out Definition? found)
            ? found.Value is not null && use.Arguments.Length == 0
            : use.Name is "_PWD" or "_INSTANCE" or "_RANDOM" or "_HASH" or "_BANG" or "_ENV";

    private void Expand(SourceLineBuilder into, SourceLine line, DefinitionUse use, SourceSpan place)
    {
        if (!_definitions.TryGetValue(use.Name, out Definition? found))
        {
            bool literal = use.Name is "_HASH" or "_BANG";
            into.AppendInPlaceOf(place, Predefined(use, place), literal ? PieceKind.Literal : PieceKind.Substituted);
            return;
        }

        if (_expanding.Contains(use.Name, StringComparer.Ordinal))
        {
            ReportCycle(place, _expanding, use.Name);
            return;
        }

        if (_expanding.Count >= _options.Limits.ExpansionDepth)
        {
            ReportDepth(place);
            return;
        }

        _expanding.Add(use.Name);
        ExpandText(into, line, found.Value ?? "", place);
        _expanding.RemoveAt(_expanding.Count - 1);
    }

    private void ExpandText(SourceLineBuilder into, SourceLine line, string text, SourceSpan place)
    {
        if (!Spend(line, text.Length + 1) || into.Length > _options.Limits.LineLength)
        {
            return;
        }

        int from = 0;
        for (int i = text.IndexOf('$', StringComparison.Ordinal); i >= 0 && !_stopped; i = text.IndexOf('$', i))
        {
            if (!TryMatchUse(text, i, out DefinitionUse use) || !IsSubstitutable(use))
            {
                i++;
                continue;
            }

            into.AppendInPlaceOf(place, text.AsSpan(from..i), PieceKind.Substituted);
            Expand(into, line, use, place);
            from = i = use.End;
        }

        into.AppendInPlaceOf(place, text.AsSpan(from), PieceKind.Substituted);
    }

    private string Predefined(DefinitionUse use, SourceSpan place) => use.Name switch
    {
        "_PWD" => CurrentDirectory,
        "_INSTANCE" => _options.ConfigId,
        "_HASH" => "#",
        "_BANG" => "!",
        "_ENV" => EnvironmentVariable(use.Arguments, place),
        _ => RandomNumber(use.Arguments, place),
    };

    private string EnvironmentVariable(string name, SourceSpan place)
    {
        if (_options.Environment?.Invoke(name) is { } value && !value.AsSpan().ContainsAny('\r', '\n'))
        {
            return value;
        }

        _log.Error(DiagnosticCodes.UnresolvedDefinition, place, $"environment variable '{name}' is not set to one line of text");
        return "";
    }

    private string RandomNumber(string arguments, SourceSpan place)
    {
        string[] bounds = arguments.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        int minimum = 0;
        int maximum = RandomMaximum;
        bool good = bounds.Length <= 2
            && (bounds.Length < 1 || int.TryParse(bounds[0], NumberStyles.None, CultureInfo.InvariantCulture, out minimum))
            && (bounds.Length < 2 || int.TryParse(bounds[1], NumberStyles.None, CultureInfo.InvariantCulture, out maximum))
            && minimum <= maximum;
        if (!good)
        {
            _log.Error(DiagnosticCodes.OutOfRange, place, $"_RANDOM '{arguments}' is not a smallest and a largest number, 0 to {int.MaxValue}");
            return "0";
        }

        return _random.NextInt64(minimum, (long)maximum + 1).ToString(CultureInfo.InvariantCulture);
    }
}
