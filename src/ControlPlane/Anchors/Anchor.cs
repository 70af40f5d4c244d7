using System.Security.Cryptography;
using System.Text;

namespace Keepalived.Es.ControlPlane.Anchors;

/// <summary>A Merkle root over a stretch of the store, chained to the one before. Kept outside the database, it shows any later change of the stretch.</summary>
/// <param name="Number">1, 2, 3 …</param>
/// <param name="From">First position of the stretch; positions may have gaps.</param>
/// <param name="To">Last position.</param>
/// <param name="Events">How many events stand there.</param>
/// <param name="Root">RFC 6962 section 2.1 over the events' leaves (<see cref="AnchorLeaf"/>), lower-case hex.</param>
/// <param name="At">When it was made, by the database's clock, to the microsecond.</param>
/// <param name="Previous">Hash of the anchor before; 64 zeros before the first.</param>
/// <param name="Hash">SHA-256 over all of the above.</param>
public sealed record Anchor(long Number, long From, long To, long Events, string Root, DateTimeOffset At, string Previous, string Hash)
{
    /// <summary><see cref="Previous"/> of the first.</summary>
    public static readonly string Genesis = new('0', 64);

    /// <summary>The anchor with its hash.</summary>
    internal static Anchor Seal(long number, long from, long to, long events, string root, DateTimeOffset at, string previous)
    {
        string text = $"kes anchor\n{number}\n{from}\n{to}\n{events}\n{root}\n{at.UtcTicks / 10}\n{previous}\n";
        return new Anchor(number, from, to, events, root, at, previous, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
