using System.Security.Cryptography;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>The token with which operators read and enroll; made at the first start, in a file that only its owner reads.</summary>
public sealed class OperatorToken
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "operator.token";

    private readonly byte[] _hash;

    private OperatorToken(string token) => _hash = BearerToken.HashOf(token);

    /// <summary>Reads the file, or makes it with mode 0600.</summary>
    /// <exception cref="IOException">It can be neither read nor made.</exception>
    public static OperatorToken ReadOrCreate(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            SecretFile.Create(path, BearerToken.Create());
        }

        string token = File.ReadAllText(path).Trim();
        return token.Length >= 32
            ? new OperatorToken(token)
            : throw new IOException($"'{path}' holds no token of 32 characters or more: remove it, and the next start makes a new one");
    }

    /// <summary>Whether the request carries it.</summary>
    public bool Allows(HttpRequest request) => BearerToken.Of(request) is { } token && Is(token);

    /// <summary>Compares in constant time.</summary>
    public bool Is(string token) => CryptographicOperations.FixedTimeEquals(BearerToken.HashOf(token), _hash);
}
