using System.Collections.Immutable;
using System.Globalization;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads bytes as hexadecimal digits, with blanks where one likes; an <c>X</c> stands for a half byte that does not matter.</summary>
internal static class HexText
{
    private const int BytesMaximum = 65_507;                     // the largest datagram of UDP over IPv4

    /// <returns>Null: wrong, and reported.</returns>
    internal static (ImmutableArray<byte> Bytes, ImmutableArray<byte> Mask)? Read(Statement statement, ValueReader values, bool wildcards = false)
    {
        string digits = string.Concat(statement.Words.Skip(1).Select(word => word.Text)).Replace(" ", "", StringComparison.Ordinal);
        SourceSpan span = statement.Words.Length > 1 ? statement.SpanFrom(1) : statement.EndSpan;
        string? wrong = digits.Length == 0 ? "needs bytes in hexadecimal"
            : digits.Length % 2 != 0 ? $"has {digits.Length} hexadecimal digits, an even number is needed"
            : digits.Length / 2 > BytesMaximum ? $"has {digits.Length / 2} bytes, allowed {BytesMaximum}"
            : digits.Any(c => !char.IsAsciiHexDigit(c) && !(wildcards && c is 'x' or 'X')) ? $"'{digits}' has characters that are not hexadecimal digits{(wildcards ? " or X" : "")}"
            : null;
        if (wrong is not null)
        {
            values.Log.Error(DiagnosticCodes.BadEntry, span, $"{statement.Keyword} {wrong}");
            return null;
        }

        ImmutableArray<byte>.Builder bytes = ImmutableArray.CreateBuilder<byte>(digits.Length / 2);
        ImmutableArray<byte>.Builder mask = ImmutableArray.CreateBuilder<byte>(digits.Length / 2);
        for (int i = 0; i < digits.Length; i += 2)
        {
            bytes.Add((byte)((Nibble(digits[i]) << 4) | Nibble(digits[i + 1])));
            mask.Add((byte)((IsWild(digits[i]) ? 0 : 0xF0) | (IsWild(digits[i + 1]) ? 0 : 0x0F)));
        }

        return (bytes.ToImmutable(), mask.ToImmutable());
    }

    private static bool IsWild(char c) => c is 'x' or 'X';

    private static int Nibble(char c) => IsWild(c) ? 0 : int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
