namespace Keepalived.Es.ControlPlane.Audit;

/// <summary>Part of an explanation that a sentence belongs to.</summary>
public enum ExplanationPart
{
    /// <summary>What the node itself had heard and seen.</summary>
    Before,

    /// <summary>The timer or input that decided.</summary>
    Decision,

    /// <summary>What other nodes were doing.</summary>
    Others,

    /// <summary>What followed from it.</summary>
    After,
}

/// <summary>One sentence of an explanation.</summary>
/// <param name="At">When; null where no moment applies.</param>
/// <param name="Position">The event that says so; null when several do, or its absence does.</param>
public sealed record ExplanationStep(ExplanationPart Part, DateTimeOffset? At, string Text, long? Position = null);

/// <summary>Why a transition happened, in sentences.</summary>
/// <param name="Conclusion">The cause in one sentence, as far as the records show it.</param>
public sealed record Explanation(
    long Position, Guid EventId, DateTimeOffset Time, string Site, string Node, string Instance, byte Vrid, string Headline,
    IReadOnlyList<ExplanationStep> Steps,
    string Conclusion);
