using System.Buffers;
using System.Globalization;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>What jsonb refuses although it is valid JSON: the escape of NUL and escapes of half a surrogate pair.</summary>
public static class JsonbText
{
    private const string Replacement = @"\ufffd";
    private static readonly SearchValues<char> Backslash = SearchValues.Create('\\');

    /// <summary>Replaces those escapes by U+FFFD. The exact bytes stay in <c>kes_node_events</c>.</summary>
    /// <param name="json">Valid JSON text.</param>
    public static string Clean(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return json.Contains(@"\u0000", StringComparison.Ordinal) || json.Contains(@"\ud", StringComparison.OrdinalIgnoreCase)
            ? Rewrite(json) : json;
    }

    private static string Rewrite(string json)
    {
        var text = new System.Text.StringBuilder(json.Length);
        ReadOnlySpan<char> rest = json;
        while (rest.IndexOfAny(Backslash) is int at and >= 0)
        {
            text.Append(rest[..at]);
            rest = rest[at..];
            int length = EscapeLength(rest, out bool storable);
            text.Append(storable ? rest[..length] : Replacement);
            rest = rest[length..];
        }

        return text.Append(rest).ToString();
    }

    private static int EscapeLength(ReadOnlySpan<char> escape, out bool storable)
    {
        storable = true;
        if (escape[1] != 'u')
        {
            return 2;
        }

        char unit = Unit(escape);
        if (char.IsHighSurrogate(unit) && escape.Length >= 12 && escape[6] == '\\' && escape[7] == 'u'
            && char.IsLowSurrogate(Unit(escape[6..])))
        {
            return 12;
        }

        storable = unit != '\0' && !char.IsSurrogate(unit);
        return 6;
    }

    private static char Unit(ReadOnlySpan<char> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
