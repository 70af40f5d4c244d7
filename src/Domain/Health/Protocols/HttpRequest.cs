using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Health.Protocols;

/// <summary>The request of a check: keepalived's, field by field and in its order.</summary>
public static class HttpRequest
{
    public const string UserAgent = "KeepAliveClient";

    /// <param name="path">Without a <see cref="Complaint"/>.</param>
    /// <param name="host">Without a <see cref="Complaint"/>.</param>
    /// <param name="protocol">Any but <see cref="HttpProtocol.Http2"/>, which has frames.</param>
    public static byte[] Write(string path, string host, HttpProtocol protocol)
    {
        string connection = protocol switch
        {
            HttpProtocol.Http10 => "",
            HttpProtocol.Http10CapitalClose => "Connection: Close\r\n",
            _ => "Connection: close\r\n",
        };
        string version = protocol == HttpProtocol.Http11 ? "1.1" : "1.0";
        return Encoding.UTF8.GetBytes($"GET {path} HTTP/{version}\r\nUser-Agent: {UserAgent}\r\n{connection}Host: {host}\r\n\r\n");
    }

    /// <summary>Who is asked where no virtual host is given: <c>192.0.2.1:80</c>, <c>[2001:db8::1]:80</c>; without a port, the address.</summary>
    public static string HostOf(RouterAddress address, ushort port) =>
        $"{(address.IsIPv4 ? $"{address}" : $"[{address}]")}{(port == 0 ? "" : $":{port}")}";

    /// <summary>What makes a text unfit for a request, in words; null: nothing.</summary>
    /// <param name="what"><c>path</c>, <c>virtualhost</c>.</param>
    public static string? Complaint(string what, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (char c in text)
        {
            if (c is <= ' ' or (char)127)
            {
                return $"{what} '{ReplyText.Of(text)}' has the character {(int)c}, which cannot stand in a request: write it as %{(int)c:X2}";
            }
        }

        return text.Length == 0 ? $"{what} is empty" : null;
    }
}
