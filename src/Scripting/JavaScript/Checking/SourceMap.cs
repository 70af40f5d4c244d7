using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.JavaScript.Checking;

/// <summary>Leads from a place in a compiled file to the one that was written: a source map, revision 3 (ECMA-426), without sections.</summary>
public sealed class SourceMap
{
    /// <summary>Bytes of a map.</summary>
    public const int LargestBytes = 4 * 1024 * 1024;

    private const int FieldsOfPlace = 4;

    /// <summary>Places by generated line, each in the order of columns; all numbers from 0.</summary>
    private readonly List<List<Mapping>> _lines;
    private readonly IReadOnlyList<string> _sources;

    private SourceMap(List<List<Mapping>> lines, IReadOnlyList<string> sources) => (_lines, _sources) = (lines, sources);

    /// <summary>The map of a compiled file: the one that it names in its last line, or <c>FILE.map</c>; only beside it.</summary>
    /// <param name="file">Path of the compiled file.</param>
    /// <param name="source">Its text.</param>
    /// <returns>Null: there is none that can be read.</returns>
    public static SourceMap? Beside(string file, string source)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(source);
        const string Mark = "//# sourceMappingURL=";
        int at = source.LastIndexOf(Mark, StringComparison.Ordinal);
        string named = at < 0 ? "" : source[(at + Mark.Length)..].Split('\n')[0].Trim();
        string name = named.Length > 0 && named == Path.GetFileName(named) ? named : Path.GetFileName(file) + ".map";
        try
        {
            var info = new FileInfo(Path.Combine(Path.GetDirectoryName(file) ?? "/", name));
            return info is { Exists: true, Length: <= LargestBytes } ? Parse(File.ReadAllText(info.FullName)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Reads a map.</summary>
    /// <param name="json">Its text.</param>
    /// <returns>Null: it is none.</returns>
    public static SourceMap? Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            if (JsonNode.Parse(json) is not JsonObject map || Text(map["mappings"]) is not { } mappings || map["sources"] is not JsonArray sources)
            {
                return null;
            }

            string root = Text(map["sourceRoot"]) ?? "";
            return Decode(mappings) is { } lines ? new SourceMap(lines, [.. sources.Select(source => root + (Text(source) ?? "?"))]) : null;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)    // the second: a name twice
        {
            return null;
        }
    }

    /// <summary>Where something came from.</summary>
    /// <param name="line">In the compiled file, from 1.</param>
    /// <param name="column">From 1.</param>
    /// <returns>Name as in the map, line and column from 1; null: the map does not say.</returns>
    public (string Source, int Line, int Column)? Find(int line, int column)
    {
        if (line < 1 || line > _lines.Count)
        {
            return null;
        }

        List<Mapping> places = _lines[line - 1];
        int last = places.FindLastIndex(place => place.Generated <= column - 1);
        last = last < 0 && places.Count > 0 ? 0 : last;
        return last >= 0 && places[last] is var found && found.Source >= 0 && found.Source < _sources.Count && found is { Line: >= 0, Column: >= 0 }
            ? (_sources[found.Source], found.Line + 1, found.Column + 1)
            : null;
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>Lines by semicolons, places by commas, numbers as differences to those before.</summary>
    private static List<List<Mapping>>? Decode(string mappings)
    {
        List<List<Mapping>> lines = [];
        int source = 0, sourceLine = 0, sourceColumn = 0;
        Span<int> fields = stackalloc int[FieldsOfPlace + 1];
        foreach (Range line in mappings.AsSpan().Split(';'))
        {
            List<Mapping> places = [];
            int generated = 0;
            foreach (Range place in mappings.AsSpan()[line].Split(','))
            {
                if (ReadNumbers(mappings.AsSpan()[line][place], fields) is not { } count)
                {
                    return null;
                }

                generated = unchecked(generated + fields[0]);
                if (count >= FieldsOfPlace)
                {
                    (source, sourceLine, sourceColumn) = unchecked((source + fields[1], sourceLine + fields[2], sourceColumn + fields[3]));
                    places.Add(new Mapping(generated, source, sourceLine, sourceColumn));
                }
            }

            lines.Add(places);
        }

        return lines;
    }

    /// <summary>Base 64 digits: five bits each, lowest first, the sixth says that more follow; the lowest bit of all is the sign.</summary>
    /// <returns>How many; null: these are no numbers, or too many.</returns>
    private static int? ReadNumbers(ReadOnlySpan<char> digits, Span<int> fields)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const int BitsOfDigit = 5, More = 1 << BitsOfDigit, LongestNumber = 32;
        fields.Clear();
        int count = 0, shift = 0;
        long value = 0;
        foreach (char c in digits)
        {
            int digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0 || count == fields.Length || shift > LongestNumber)
            {
                return null;
            }

            value |= (long)(digit & (More - 1)) << shift;
            shift += BitsOfDigit;
            if ((digit & More) == 0)
            {
                fields[count++] = unchecked((int)((value & 1) == 0 ? value >> 1 : -(value >> 1)));
                (value, shift) = (0, 0);
            }
        }

        return shift == 0 ? count : null;
    }

    private readonly record struct Mapping(int Generated, int Source, int Line, int Column);
}
