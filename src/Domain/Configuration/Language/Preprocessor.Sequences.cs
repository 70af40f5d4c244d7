using System.Globalization;

namespace Keepalived.Es.Domain.Configuration.Language;

internal sealed partial class Preprocessor
{
    /// <summary>What a repetition costs of <see cref="ReadLimits.Work"/> even when its text is empty.</summary>
    private const int RepetitionCost = 16;

    private int _repetitionDepth;

    /// <summary><c>~SEQ(...)</c>, <c>~SEQx(...)</c> and <c>~LST(...)</c> at the start of a line: the rest of it once for each value.</summary>
    private bool TryRepeat(SourceLine line)
    {
        string text = line.Text;
        bool list = text.StartsWith("~LST", StringComparison.Ordinal);
        if (!list && !text.StartsWith("~SEQ", StringComparison.Ordinal))
        {
            return false;
        }

        bool hex = !list && text.StartsWith("~SEQx", StringComparison.Ordinal);
        int open = hex ? 5 : 4;
        int close = text.IndexOf(')', StringComparison.Ordinal);
        string code = list ? DiagnosticCodes.BadList : DiagnosticCodes.BadSequence;
        if (open >= text.Length || text[open] != '(' || close < 0)
        {
            string form = list ? "~LST(name, value, ...) or ~LST({a, b}, {1, 2}, ...)" : "~SEQ(name, [start, [step,]] end)";
            _log.Error(code, line.SpanOf(0, text.Length), $"this is not of the form {form}; the line is left out");
            return true;
        }

        SourceLine arguments = Substitute(line.Slice(open + 1, close - open - 1));
        SourceLine rest = line.Slice(close + 1);
        SourceSpan span = line.SpanOf(0, close + 1);
        if (_repetitionDepth >= _options.Limits.ExpansionDepth)
        {
            _log.Error(DiagnosticCodes.LimitReached, span, $"sequences and lists are nested more than {_options.Limits.ExpansionDepth} deep");
            return true;
        }

        _repetitionDepth++;
        if (list)
        {
            RepeatList(arguments.Text, rest, span);
        }
        else
        {
            RepeatSequence(arguments.Text, hex, rest, span);
        }

        _repetitionDepth--;
        return true;
    }

    private void RepeatSequence(string arguments, bool hex, SourceLine rest, SourceSpan span)
    {
        string[] parts = arguments.Split(',', StringSplitOptions.TrimEntries);
        long[] numbers = new long[parts.Length - 1];
        bool good = IsName(parts[0]) && parts.Length is >= 2 and <= 4;
        for (int i = 1; good && i < parts.Length; i++)
        {
            good = TryReadBound(parts[i], out numbers[i - 1]);
        }

        if (!good)
        {
            _log.Error(DiagnosticCodes.BadSequence, span, $"'{arguments}' is not a name and one to three numbers; the line is left out");
            return;
        }

        (long start, long step, long end) = numbers switch
        {
            [long last] => (last < 0 ? -1 : 1, last >= 1 ? 1 : -1, last),
            [long first, long last] => (first, first <= last ? 1 : -1, last),
            _ => (numbers[0], numbers[1], numbers[2]),
        };
        if (step == 0 || (step > 0 ? start > end : start < end))
        {
            _log.Error(
                DiagnosticCodes.BadSequence, span, $"step {step} never leads from {start} to {end}, allowed any but 0 with the sign of the difference");
            return;
        }

        if (hex && (start < 0 || end < 0))
        {
            _log.Error(DiagnosticCodes.BadSequence, span, $"~SEQx counts from {start} to {end}, allowed 0 and above");
            return;
        }

        for (Int128 value = start; step > 0 ? value <= end : value >= end; value += step)
        {
            if (!Repeat(rest, [parts[0]], [value.ToString(hex ? "x" : "d", CultureInfo.InvariantCulture)]))
            {
                return;
            }
        }
    }

    private void RepeatList(string arguments, SourceLine rest, SourceSpan span)
    {
        List<string> parts = SplitOutsideBraces(arguments);
        bool tuples = parts[0].StartsWith('{');
        string[] names = Members(parts[0], tuples);
        if (parts.Count < 2 || !names.All(IsName) || parts.Skip(1).Any(part => tuples != (part.StartsWith('{') && part.EndsWith('}'))))
        {
            _log.Error(
                DiagnosticCodes.BadList, span, $"'{arguments}' is not a name and its values, nor {{names}} and {{values}} in braces; the line is left out");
            return;
        }

        foreach (string part in parts.Skip(1))
        {
            string[] values = Members(part, tuples);
            if (values.Length > names.Length)
            {
                _log.Error(DiagnosticCodes.BadList, span, $"'{part}' has {values.Length} values for {names.Length} names; it is left out");
                continue;
            }

            if (values.Length < names.Length)
            {
                _log.Warning(DiagnosticCodes.BadList, span, $"'{part}' has {values.Length} values for {names.Length} names; the others are empty");
                Array.Resize(ref values, names.Length);
            }

            if (!Repeat(rest, names, values))
            {
                return;
            }
        }
    }

    private bool Repeat(SourceLine rest, string[] names, string?[] values)
    {
        if (!Spend(rest, RepetitionCost))
        {
            return false;
        }

        var hidden = new Definition?[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            hidden[i] = _definitions.GetValueOrDefault(names[i]);
            _definitions[names[i]] = new Definition(values[i] ?? "", []);
        }

        ProcessLine(rest, following: null);
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (hidden[i] is { } before)
            {
                _definitions[names[i]] = before;
            }
            else
            {
                _definitions.Remove(names[i]);
            }
        }

        return !_stopped;
    }

    private static string[] Members(string part, bool tuple) =>
        tuple ? part.Trim('{', '}').Split(',', StringSplitOptions.TrimEntries) : [part];

    private static bool IsName(string text) => text.Length > 0 && NameEnd(text, 0) == text.Length;

    private static List<string> SplitOutsideBraces(string text)
    {
        List<string> parts = [];
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                parts.Add(text[from..i].Trim());
                from = i + 1;
            }
        }

        parts.Add(text[from..].Trim());
        return parts;
    }

    /// <summary>Decimal, <c>0x</c> hexadecimal or <c>0</c> octal, with a sign.</summary>
    private static bool TryReadBound(string text, out long value)
    {
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> digits = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        value = 0;
        int radix = digits.StartsWith("0x") || digits.StartsWith("0X") ? 16 : digits.Length > 1 && digits[0] == '0' ? 8 : 10;
        digits = digits[(radix == 16 ? 2 : 0)..];
        foreach (char digit in digits)
        {
            int number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (number >= radix || value > (long.MaxValue >> 5))
            {
                return false;
            }

            value = (value * radix) + number;
        }

        value = negative ? -value : value;
        return digits.Length > 0;
    }
}
