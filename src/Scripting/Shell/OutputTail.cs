using System.Text;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>The last characters of a stream of bytes. Holds a bounded number of bytes however much comes.</summary>
/// <param name="limit">Characters kept.</param>
internal sealed class OutputTail(int limit)
{
    private const int LongestCharacter = 4;

    private readonly byte[] _ring = new byte[limit * LongestCharacter];
    private long _total;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            _ring[_total++ % _ring.Length] = b;
        }
    }

    public override string ToString()
    {
        int count = (int)Math.Min(_total, _ring.Length);
        int start = (int)((_total - count) % _ring.Length);
        int first = Math.Min(count, _ring.Length - start);
        byte[] bytes = [.. _ring.AsSpan(start, first), .. _ring.AsSpan(0, count - first)];
        int whole = _total > count ? bytes.AsSpan().IndexOfAnyExceptInRange((byte)0x80, (byte)0xBF) : 0;    // not in the middle of a character
        string text = Encoding.UTF8.GetString(bytes.AsSpan(Math.Max(0, whole)));
        int from = Math.Max(0, text.Length - limit);
        return text[(from > 0 && char.IsLowSurrogate(text[from]) ? from + 1 : from)..];
    }
}
