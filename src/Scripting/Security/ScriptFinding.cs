namespace Keepalived.Es.Scripting.Security;

/// <summary>Why a script should not, or cannot, be run.</summary>
/// <param name="Component">The file or directory that is at fault: one component of the script's real path.</param>
/// <param name="Problem">What is wrong with it, such as <c>owner alice</c> or <c>mode 0775, writable by group staff</c>.</param>
/// <param name="Remedy">The command that mends it, such as <c>chown root /opt/x</c>; null: no one command does.</param>
public sealed record ScriptFinding(string Component, string Problem, string? Remedy)
{
    /// <summary>In one line: <c>/opt/x: owner alice, must be root (mend it with: chown root /opt/x)</c>.</summary>
    public override string ToString() => Remedy is null ? $"{Component}: {Problem}" : $"{Component}: {Problem} (mend it with: {Remedy})";
}
