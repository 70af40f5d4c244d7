using System.Globalization;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>Moments in a query string.</summary>
internal static class QueryTime
{
    internal const string Form = "ISO 8601 with an offset is expected, such as 2026-11-23T14:02:11.612Z";

    internal static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset moment)
            ? moment
            : null;
}
