using System.Globalization;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads the values behind a keyword. A value that is missing or wrong is reported, and null comes back.</summary>
internal sealed class ValueReader(DiagnosticLog log)
{
    /// <summary>Longest name of an interface (IFNAMSIZ less the closing NUL).</summary>
    internal const int InterfaceNameMaximum = 15;

    internal DiagnosticLog Log => log;

    /// <summary>The one value; words behind it are reported as ignored.</summary>
    internal Word? One(Statement statement)
    {
        if (statement.Words.Length < 2)
        {
            log.Error(DiagnosticCodes.MissingValue, statement.EndSpan, $"{statement.Keyword} needs a value");
            return null;
        }

        IgnoreFrom(statement, 2);
        return statement.Words[1];
    }

    /// <summary>Words that the keyword has no use for.</summary>
    internal void IgnoreFrom(Statement statement, int first)
    {
        if (statement.Words.Length > first)
        {
            string what = first == 1 ? statement.Keyword : $"the value of {statement.Keyword}";
            log.Warning(DiagnosticCodes.ExtraWords, statement.SpanFrom(first), $"what follows {what} here is ignored");
        }
    }

    /// <summary>Always true: to be there switches it on, whatever word follows.</summary>
    internal bool Flag(Statement statement)
    {
        if (statement.Words is [_, { Text: "false" or "off" or "no" } word])
        {
            log.Warning(
                DiagnosticCodes.ExtraWords,
                statement.SpanOf(word),
                $"{statement.Keyword} is switched on by being there, '{word.Text}' is ignored: take the line away to switch it off");
        }
        else
        {
            IgnoreFrom(statement, 1);
        }

        return true;
    }

    internal bool? Boolean(Statement statement)
    {
        if (statement.Words.Length == 1)
        {
            return true;
        }

        IgnoreFrom(statement, 2);
        switch (statement.Words[1].Text)
        {
            case "true" or "on" or "yes":
                return true;
            case "false" or "off" or "no":
                return false;
            default:
                log.Error(
                    DiagnosticCodes.NotABoolean,
                    statement.SpanOf(statement.Words[1]),
                    $"{statement.Keyword} '{statement.Words[1].Text}' is not a truth value, allowed true, on, yes, false, off and no");
                return null;
        }
    }

    internal long? Integer(Statement statement, long minimum, long maximum) =>
        One(statement) is { } word ? Integer(statement, word, statement.Keyword, minimum, maximum) : null;

    internal long? Integer(Statement statement, Word word, string what, long minimum, long maximum)
    {
        ReadOnlySpan<char> digits = word.Text.AsSpan().TrimStart("+-");
        if (digits.Length == 0 || digits.ContainsAnyExceptInRange('0', '9') || word.Text.Length - digits.Length > 1)
        {
            log.Error(
                DiagnosticCodes.NotANumber, statement.SpanOf(word), $"{what} '{word.Text}' is not a whole number, allowed {minimum} to {maximum}");
            return null;
        }

        if (!long.TryParse(word.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) || value < minimum || value > maximum)
        {
            log.Error(
                DiagnosticCodes.OutOfRange, statement.SpanOf(word), $"{what} {word.Text} is out of range, allowed {minimum} to {maximum}");
            return null;
        }

        return value;
    }

    /// <summary>Seconds with a fraction, to the microsecond.</summary>
    /// <param name="unit">For messages: <c>s</c>, or <c>ms</c> when the number counts milliseconds, which the caller divides.</param>
    internal TimeSpan? Seconds(Statement statement, decimal minimum, decimal maximum, string unit = "s")
    {
        if (One(statement) is not { } word)
        {
            return null;
        }

        if (!decimal.TryParse(word.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal seconds))
        {
            log.Error(
                DiagnosticCodes.NotANumber,
                statement.SpanOf(word),
                $"{statement.Keyword} '{word.Text}' is not a number of {(unit == "s" ? "seconds" : "milliseconds")}, allowed {minimum} to {maximum}");
            return null;
        }

        if (seconds < minimum || seconds > maximum)
        {
            log.Error(
                DiagnosticCodes.OutOfRange,
                statement.SpanOf(word),
                $"{statement.Keyword} {word.Text} {unit} is out of range, allowed {minimum} {unit} to {maximum} {unit}");
            return null;
        }

        return TimeSpan.FromMicroseconds((double)decimal.Round(seconds * 1_000_000m, MidpointRounding.AwayFromZero));
    }

    /// <summary>An address of either family, without a prefix.</summary>
    internal RouterAddress? Address(Statement statement) =>
        One(statement) is { } word ? Address(statement, word, statement.Keyword) : null;

    internal RouterAddress? Address(Statement statement, Word word, string what)
    {
        if (AddressText.TryRead(word.Text, out RouterAddress address))
        {
            return address;
        }

        log.Error(DiagnosticCodes.BadAddress, statement.SpanOf(word), $"{what} '{word.Text}' is not an IPv4 or IPv6 address");
        return null;
    }

    internal string? InterfaceName(Statement statement) => One(statement) is { } word ? InterfaceName(statement, word) : null;

    internal string? InterfaceName(Statement statement, Word word)
    {
        if (word.Text.Length is > 0 and <= InterfaceNameMaximum && word.Text is not ("." or "..") && !word.Text.Any(c => c == '/' || char.IsWhiteSpace(c)))
        {
            return word.Text;
        }

        log.Error(
            DiagnosticCodes.BadName,
            statement.SpanOf(word),
            $"interface name '{word.Text}' has {word.Text.Length} characters, allowed 1 to {InterfaceNameMaximum} without '/' or blanks");
        return null;
    }

    /// <summary>Whole seconds from 0.</summary>
    internal TimeSpan? WholeSeconds(Statement statement, long maximum) =>
        Integer(statement, 0, maximum) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>A count of messages; 0 is read as 1, with a warning.</summary>
    internal int? AtLeastOne(Statement statement)
    {
        long? count = Integer(statement, 0, int.MaxValue);
        if (count == 0)
        {
            log.Warning(DiagnosticCodes.Rounded, statement.SpanOf(statement.Words[1]), $"{statement.Keyword} 0 is used as 1, allowed 1 to {int.MaxValue}");
            return 1;
        }

        return (int?)count;
    }

    /// <summary>An IPv4 multicast group.</summary>
    internal RouterAddress? MulticastGroup(Statement statement)
    {
        if (Address(statement) is not { } group)
        {
            return null;
        }

        if (group.IsMulticast4)
        {
            return group;
        }

        log.Error(
            DiagnosticCodes.NotMulticast,
            statement.SpanOf(statement.Words[1]),
            $"{statement.Keyword} {group} is not an IPv4 multicast group, allowed 224.0.0.0 to 239.255.255.255");
        return null;
    }
}
