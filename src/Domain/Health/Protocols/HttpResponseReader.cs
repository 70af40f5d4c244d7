using System.Globalization;
using System.Text;

namespace Keepalived.Es.Domain.Health.Protocols;

/// <summary>
/// Reads one response of HTTP/1.0 or 1.1 (RFC 9112) as its bytes arrive, and keeps none of the body: the caller gets it piece by piece.
/// A response of 1xx is passed over (RFC 9110 section 15.2).
/// </summary>
public sealed class HttpResponseReader
{
    /// <summary>Bytes of status line and header fields together, at most; also of a chunked body's trailer.</summary>
    public const int HeadLimit = 64 * 1024;

    /// <summary>Bytes of the line before a chunk, at most.</summary>
    public const int ChunkLineLimit = 1024;

    /// <summary>Responses of 1xx before the one that counts, at most.</summary>
    public const int InterimLimit = 10;

    private readonly List<byte> _line = [];
    private Part _part = Part.StatusLine;
    private int _headBytes;
    private int _interim;
    private long _left;
    private bool _chunked;

    /// <summary>100 to 599, of the response that counts; 0 until its status line was read.</summary>
    public int Status { get; private set; }

    /// <summary><c>Content-Length</c>; null: not given, or overruled by chunks.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Bytes of the body so far, chunks taken apart.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>The body comes in chunks (RFC 9112 section 7.1).</summary>
    public bool IsChunked => _chunked;

    /// <summary>The header is complete: what follows is body.</summary>
    public bool IsInBody => _part >= Part.Body;

    /// <summary>Nothing more belongs to the response.</summary>
    public bool IsComplete => _part == Part.Complete;

    /// <summary>What is wrong with it, in words; null: nothing so far. Nothing more is read then.</summary>
    public string? Complaint { get; private set; }

    /// <summary>Takes bytes until a piece of the body is found, a line ends or they are used up. To be called again with the rest.</summary>
    /// <param name="body">A piece of the body within <paramref name="bytes"/>; may be empty.</param>
    /// <returns>How many bytes were taken: all, or as many as belong together. 0 only when complete, complained of, or without bytes.</returns>
    public int Read(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (IsComplete || Complaint is not null || bytes.IsEmpty)
        {
            return 0;
        }

        if (_part is Part.Body or Part.Chunk)
        {
            int taken = _left < 0 ? bytes.Length : (int)Math.Min(_left, bytes.Length);
            body = bytes[..taken];
            BodyBytes += taken;
            _left -= _left < 0 ? 0 : taken;
            _part = _left != 0 ? _part : _part == Part.Body ? Part.Complete : Part.ChunkEnd;
            return taken;
        }

        int end = bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..(end + 1)];
        if (!IsInLimits(part.Length))
        {
            return 0;
        }

        _line.AddRange(part);
        if (end >= 0)
        {
            string line = TakeLine();
            TakeLine(line);
        }

        return part.Length;
    }

    /// <summary>The peer has closed. Ends a body without a length; of one that is too short the reader says so by <see cref="IsComplete"/>.</summary>
    public void End()
    {
        if (_part == Part.Body && _left < 0)
        {
            _part = Part.Complete;
        }
        else if (_part < Part.Body)
        {
            Complaint ??= Status == 0 && _headBytes == 0 ? "closed without an answer" : "closed within the header";
        }
    }

    private bool IsInLimits(int length)
    {
        if (_part is Part.ChunkLine or Part.ChunkEnd)
        {
            Complaint = _line.Count + length > ChunkLineLimit ? $"line before a chunk is longer than {ChunkLineLimit} bytes" : Complaint;
        }
        else
        {
            _headBytes += length;
            Complaint = _headBytes > HeadLimit ? $"header is longer than {HeadLimit} bytes" : Complaint;
        }

        return Complaint is null;
    }

    private string TakeLine()
    {
        int length = _line.Count - 1;
        length -= length > 0 && _line[length - 1] == '\r' ? 1 : 0;   // a bare LF ends a line too (RFC 9112 section 2.2)
        string line = Encoding.Latin1.GetString(_line.ToArray(), 0, length);
        _line.Clear();
        return line;
    }

    private void TakeLine(string line)
    {
        switch (_part)
        {
            case Part.StatusLine:
                TakeStatus(line);
                break;
            case Part.Fields when line.Length > 0:
                TakeField(line);
                break;
            case Part.Fields:
                EndHead();
                break;
            case Part.ChunkLine:
                TakeChunkLine(line);
                break;
            case Part.ChunkEnd:
                Complaint = line.Length > 0 ? "a chunk is longer than it says" : null;
                _part = Part.ChunkLine;
                break;
            default:
                _part = line.Length == 0 ? Part.Complete : Part.Trailer;
                break;
        }
    }

    /// <summary><c>HTTP/1.1 200 OK</c>: version, one space, three digits (RFC 9112 section 4); the reason may be missing with its space.</summary>
    private void TakeStatus(string line)
    {
        bool hasVersion = line.Length >= 12 && line.StartsWith("HTTP/", StringComparison.Ordinal)
            && char.IsAsciiDigit(line[5]) && line[6] == '.' && char.IsAsciiDigit(line[7]) && line[8] == ' ';
        bool isStatus = hasVersion && line.AsSpan(9, 3).IndexOfAnyExceptInRange('0', '9') < 0 && (line.Length == 12 || line[12] == ' ');
        int status = isStatus ? int.Parse(line.AsSpan(9, 3), CultureInfo.InvariantCulture) : 0;
        if (status is < 100 or > 599)
        {
            Complaint = $"not a status line of HTTP: '{ReplyText.Of(line)}'";
            return;
        }

        Status = status;
        _part = Part.Fields;
    }

    private void TakeField(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return;                                              // nothing that decides anything: keepalived does not look either
        }

        ReadOnlySpan<char> name = line.AsSpan(0, colon).Trim();
        ReadOnlySpan<char> value = line.AsSpan(colon + 1).Trim();
        if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
        {
            bool isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long length);
            Complaint = isNumber && (ContentLength ?? length) == length ? null : $"Content-Length '{ReplyText.Of(value)}' is not one number";
            ContentLength = length;
        }
        else if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
        {
            _chunked = value.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);   // the last one (RFC 9112 section 6.1)
        }
    }

    private void EndHead()
    {
        if (Status < 200 && Status != 101)
        {
            Complaint = ++_interim > InterimLimit ? $"more than {InterimLimit} interim answers" : null;
            (_part, Status, ContentLength, _chunked) = (Part.StatusLine, 0, null, false);
            return;
        }

        ContentLength = _chunked ? null : ContentLength;         // RFC 9112 section 6.3
        _left = ContentLength ?? -1;
        bool hasNone = Status is 101 or 204 or 304 || _left == 0;
        _part = hasNone ? Part.Complete : _chunked ? Part.ChunkLine : Part.Body;
    }

    /// <summary>Size in hex, then perhaps extensions.</summary>
    private void TakeChunkLine(string line)
    {
        ReadOnlySpan<char> size = line.AsSpan();
        int semicolon = size.IndexOf(';');
        size = (semicolon < 0 ? size : size[..semicolon]).Trim();
        if (size.Length is 0 or > 15 || !long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left))
        {
            Complaint = $"not the size of a chunk: '{ReplyText.Of(line)}'";
            return;
        }

        _headBytes = _left == 0 ? 0 : _headBytes;
        _part = _left == 0 ? Part.Trailer : Part.Chunk;
    }

    private enum Part : byte
    {
        StatusLine,
        Fields,
        Body,
        ChunkLine,
        Chunk,
        ChunkEnd,
        Trailer,
        Complete,
    }
}
