using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Addresses as text: dotted quads without leading zeros, and IPv6 without a zone.</summary>
internal static class AddressText
{
    internal static bool TryRead(string text, out RouterAddress address) =>
        text.Contains(':', StringComparison.Ordinal) ? TryReadIPv6(text, out address) : TryReadIPv4(text, out address);

    private static bool TryReadIPv4(string text, out RouterAddress address)
    {
        address = default;
        string[] parts = text.Split('.');
        uint value = 0;
        foreach (string part in parts)
        {
            bool good = part.Length is >= 1 and <= 3 && (part.Length == 1 || part[0] != '0');
            if (!good || !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out byte number))
            {
                return false;
            }

            value = (value << 8) | number;
        }

        address = new RouterAddress(value);
        return parts.Length == 4;
    }

    /// <summary>The lowest 2^32 addresses of IPv6 (unspecified, loopback, IPv4-compatible) are of no use to a router and read as wrong.</summary>
    private static bool TryReadIPv6(string text, out RouterAddress address)
    {
        address = default;
        if (text.AsSpan().ContainsAny('%', '[') || !IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        address = RouterAddress.FromIPAddress(parsed);
        return !address.IsIPv4;
    }
}
