using System.Runtime.CompilerServices;

namespace Keepalived.Es.Tests;

/// <summary>As <see cref="LabFactAttribute"/>, for a table of cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabTheoryAttribute : TheoryAttribute
{
    /// <param name="programs">Programs that the test needs besides <c>ip</c>, by name: <c>"tshark keepalived"</c>.</param>
    public LabTheoryAttribute(string programs = "", [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!LabRequirements.IsMandatory)
        {
            Skip = LabRequirements.Missing(programs);
        }
    }
}
