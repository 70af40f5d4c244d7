using System.Net;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>Virtual addresses as instances have them configured: <c>192.0.2.10/24 dev eth0</c>.</summary>
public static class VirtualAddress
{
    /// <summary>The address alone, as it is usually written; the text up to the first space or slash if it is none.</summary>
    public static string Bare(string configured)
    {
        ArgumentNullException.ThrowIfNull(configured);
        int end = configured.AsSpan().IndexOfAny('/', ' ');
        string text = end < 0 ? configured : configured[..end];
        return IPAddress.TryParse(text, out IPAddress? address) ? address.ToString() : text;
    }
}
