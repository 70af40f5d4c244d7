using System.Globalization;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Scopes of rtnetlink(7) by name or number.</summary>
internal static class ScopeText
{
    internal const string Allowed = "global, site, link, host, nowhere or 0 to 255";

    internal static byte? Read(string text) => text switch
    {
        "global" => 0,
        "site" => 200,
        "link" => 253,
        "host" => 254,
        "nowhere" => 255,
        _ => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte number) ? number : null,
    };
}
