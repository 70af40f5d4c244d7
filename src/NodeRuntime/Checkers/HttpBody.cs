using System.Security.Cryptography;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>Takes a body as it arrives and keeps what is asked for of it: digests, and the part for a pattern.</summary>
/// <param name="hashes">MD5 is made.</param>
/// <param name="skip">Bytes of the answer before the subject, its header among them.</param>
/// <param name="keep">Bytes of the subject, at most; 0: none.</param>
internal sealed class HttpBody(bool hashes, long skip, int keep) : IDisposable
{
    /// <summary>Bytes of a body, at most.</summary>
    internal const long Limit = 256L * 1024 * 1024;

#pragma warning disable CA5351 // MD5 is what keepalived.conf's "digest" is; it protects nothing
    private readonly IncrementalHash? _hash = hashes ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
    private readonly IncrementalHash? _rawHash = hashes ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;
#pragma warning restore CA5351
    private readonly MemoryStream _subject = new();
    private long _headLength;
    private long _length;
    private bool _isCut;

    /// <summary>Bytes of the answer that come before the body.</summary>
    internal void Pass(int headBytes) => _headLength += headBytes;

    /// <param name="raw">As sent.</param>
    /// <param name="body">The part of it that is the body's.</param>
    /// <exception cref="ProbeFailedException">There is too much of it.</exception>
    internal void Take(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> body)
    {
        _rawHash?.AppendData(raw);
        _hash?.AppendData(body);
        long left = SubjectOffset - _headLength - _length;       // before the subject, from here on
        if (keep > 0 && body.Length > left)
        {
            ReadOnlySpan<byte> rest = body[(int)Math.Clamp(left, 0, body.Length)..];
            int taken = Math.Min(rest.Length, keep - (int)_subject.Length);
            _subject.Write(rest[..taken]);
            _isCut |= taken < rest.Length;
        }

        _length += body.Length;
        if (_length > Limit)
        {
            throw new ProbeFailedException(ProbeResult.Failure($"body is longer than {Limit} bytes"));
        }
    }

    internal HttpAnswer ToAnswer(int status, string? shortness) => new()
    {
        Status = status,
        Digest = Text(_hash),
        RawDigest = Text(_rawHash),
        SubjectOffset = SubjectOffset,
        Subject = _subject.GetBuffer().AsMemory(0, (int)_subject.Length),
        IsSubjectCut = _isCut,
        Shortness = shortness,
    };

    public void Dispose()
    {
        _hash?.Dispose();
        _rawHash?.Dispose();
        _subject.Dispose();
    }

    private long SubjectOffset => Math.Max(skip, _headLength);

    private static string? Text(IncrementalHash? hash) => hash is null ? null : Convert.ToHexStringLower(hash.GetHashAndReset());
}
