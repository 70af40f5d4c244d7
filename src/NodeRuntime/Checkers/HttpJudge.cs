using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>What an answer means for a url: status first, then digest, then pattern, as keepalived does.</summary>
internal static class HttpJudge
{
    internal static ProbeResult Judge(HttpUrlSettings url, BodyPattern? pattern, HttpAnswer answer)
    {
        if (!url.StatusCodes.Any(range => answer.Status >= range.First && answer.Status <= range.Last))
        {
            return ProbeResult.Failure($"status {answer.Status}, wanted {Ranges(url)}");
        }

        if (url.Digest is { } digest && digest != answer.Digest && digest != answer.RawDigest)
        {
            return ProbeResult.Failure($"digest is {answer.Digest}, wanted {digest}{Also(answer)}");
        }

        if (pattern is not null && JudgePattern(pattern, answer) is { } complaint)
        {
            return ProbeResult.Failure(complaint + Also(answer));
        }

        return ProbeResult.Success($"status {answer.Status}{Also(answer)}");
    }

    private static string? JudgePattern(BodyPattern pattern, HttpAnswer answer)
    {
        bool isFound = pattern.Finds(answer.Subject.Span, answer.SubjectOffset, out string? error);
        string where = answer.IsSubjectCut ? $" in {BodyPattern.SubjectLimit} bytes, and there were more" : "";
        return error is not null ? $"regex '{pattern.Settings.Pattern}' could not be looked for: {error}"
            : isFound == !pattern.Settings.NoMatch ? null
            : isFound ? $"regex '{pattern.Settings.Pattern}' was found, which must not be"
            : $"regex '{pattern.Settings.Pattern}' was not found{where}";
    }

    private static string Also(HttpAnswer answer) => answer.Shortness is null ? "" : $"; {answer.Shortness}";

    private static string Ranges(HttpUrlSettings url) =>
        string.Join(", ", url.StatusCodes.Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First} to {range.Last}"));
}
