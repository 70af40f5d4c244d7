using System.Globalization;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.Domain.Tracking;

/// <summary>The value of a tracked file.</summary>
/// <param name="Value">0 for a file that is absent or does not begin with a number; null: out of range, the former value stays.</param>
/// <param name="Complaint">What is wrong with the content, in words; null: nothing.</param>
public readonly record struct TrackedFileValue(int? Value, string? Complaint = null)
{
    /// <summary>Bytes of a file that are looked at.</summary>
    public const int Limit = 128;

    /// <summary>A file that is not there counts as 0, as in keepalived.</summary>
    public static readonly TrackedFileValue Absent = new(0);

    /// <summary>
    /// Reads the whole number at the beginning as strtol(3) does with base 0, which is keepalived's way: blanks before it and anything after it do not
    /// count, <c>0x10</c> is 16 and <c>010</c> is 8.
    /// </summary>
    /// <param name="content">The beginning of the file; what is beyond <see cref="Limit"/> is not looked at.</param>
    public static TrackedFileValue Read(ReadOnlySpan<char> content)
    {
        ReadOnlySpan<char> text = (content.Length > Limit ? content[..Limit] : content).TrimStart();
        bool isNegative = text.StartsWith("-");
        ReadOnlySpan<char> digits = text[(isNegative || text.StartsWith("+") ? 1 : 0)..];
        int radix = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && digits.Length > 2 && char.IsAsciiHexDigit(digits[2]) ? 16
            : digits.StartsWith("0") ? 8
            : 10;
        digits = radix == 16 ? digits[2..] : digits;
        long value = 0;
        int length = 0;
        for (; length < digits.Length && DigitOf(digits[length]) is var digit && digit < radix; length++)
        {
            value = Math.Min((value * radix) + digit, uint.MaxValue);
        }

        value = isNegative ? -value : value;
        string seen = ReplyText.Of(text.TrimEnd());
        return length == 0 ? new TrackedFileValue(0, $"'{seen}' does not begin with a whole number and counts as 0")
            : value is >= int.MinValue and <= int.MaxValue ? new TrackedFileValue((int)value)
            : new TrackedFileValue(null, $"'{seen}' is out of range, allowed {int.MinValue} to {int.MaxValue}; the former value stays");
    }

    private static int DigitOf(char c) =>
        char.IsAsciiHexDigit(c) ? int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : int.MaxValue;
}
