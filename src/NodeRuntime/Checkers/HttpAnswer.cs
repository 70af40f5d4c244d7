namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>What a server has answered to a request, as far as it was asked for.</summary>
internal sealed record HttpAnswer
{
    internal required int Status { get; init; }

    /// <summary>MD5 of the body, lower-case hex; null: not asked for.</summary>
    internal string? Digest { get; init; }

    /// <summary>The same over the body as it was sent, chunk lines included: what <c>genhash</c> prints.</summary>
    internal string? RawDigest { get; init; }

    /// <summary>Bytes of the answer before <see cref="Subject"/>, its header among them.</summary>
    internal long SubjectOffset { get; init; }

    /// <summary>The part of the body that a pattern is looked for in.</summary>
    internal ReadOnlyMemory<byte> Subject { get; init; }

    /// <summary>The body went on beyond <see cref="Subject"/>.</summary>
    internal bool IsSubjectCut { get; init; }

    /// <summary>In words, that the body ended before its announced length; null: it did not.</summary>
    internal string? Shortness { get; init; }
}
