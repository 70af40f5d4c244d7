using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>Tokens are 32 random bytes in base64url. Only their SHA-256 is ever stored.</summary>
public static class BearerToken
{
    private const string Scheme = "Bearer ";

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <returns>The token of the request's Authorization header, or null.</returns>
    public static string? Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        string header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }
}
