using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads <c>weight N [reverse|noreverse]</c>.</summary>
internal static class WeightText
{
    /// <returns>Null: wrong, and reported.</returns>
    internal static (int Weight, bool? Reverse)? Read(Statement statement, ValueReader values, int maximum)
    {
        if (statement.Words.Length < 2)
        {
            values.One(statement);
            return null;
        }

        long? weight = values.Integer(statement, statement.Words[1], "weight", -maximum, maximum);
        bool? reverse = null;
        if (statement.Words.Length > 2)
        {
            Word word = statement.Words[2];
            reverse = word.Text == "reverse" ? true : word.Text == "noreverse" ? false : null;
            if (reverse is null)
            {
                values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(word), $"'{word.Text}' behind a weight is unknown, allowed reverse and noreverse");
            }

            values.IgnoreFrom(statement, 3);
        }

        return weight is { } good ? ((int)good, reverse) : null;
    }
}
