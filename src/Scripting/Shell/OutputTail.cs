using System.Text;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>The last characters of a stream of bytes, or the first. Holds a bounded number of bytes however much comes, and none before something comes.</summary>
/// <param name="limit">Characters kept.</param>
/// <param name="beginning">The first are kept.</param>
internal sealed class OutputTail(int limit, bool beginning = false)
{
    private const int LongestCharacter = 4;
    private const int FirstBytes = 256;

    private readonly int _maximum = limit * LongestCharacter;

    /// <summary>Grows up to the maximum; only then does it go round.</summary>
    private byte[] _ring = [];

    private long _total;

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        if (beginning)
        {
            bytes = bytes[..(int)Math.Min(bytes.Length, _maximum - _total)];
        }

        if (bytes.Length > _maximum)
        {
            _total += bytes.Length - _maximum;                   // the skipped ones count for the place and for the cut
            bytes = bytes[^_maximum..];
        }

        Grow((int)Math.Min(_maximum, _total + bytes.Length));
        int start = (int)(_total % _maximum);
        int first = Math.Min(bytes.Length, _maximum - start);
        bytes[..first].CopyTo(_ring.AsSpan(start));
        bytes[first..].CopyTo(_ring);
        _total += bytes.Length;
    }

    public override string ToString()
    {
        if (_total == 0)
        {
            return "";
        }

        int count = (int)Math.Min(_total, _maximum);
        int start = (int)((_total - count) % _maximum);
        int first = Math.Min(count, _maximum - start);
        byte[] bytes = [.. _ring.AsSpan(start, first), .. _ring.AsSpan(0, count - first)];
        int whole = _total > count ? bytes.AsSpan().IndexOfAnyExceptInRange((byte)0x80, (byte)0xBF) : 0;    // not in the middle of a character
        string text = Encoding.UTF8.GetString(bytes.AsSpan(Math.Max(0, whole)));
        if (beginning)
        {
            return text[..(text.Length > limit && limit > 0 && char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : Math.Min(limit, text.Length))];
        }

        int from = Math.Max(0, text.Length - limit);
        return text[(from > 0 && char.IsLowSurrogate(text[from]) ? from + 1 : from)..];
    }

    private void Grow(int needed)
    {
        if (needed > _ring.Length)
        {
            Array.Resize(ref _ring, Math.Min(_maximum, Math.Max(needed, Math.Max(FirstBytes, _ring.Length * 2))));
        }
    }
}
