namespace Keepalived.Es.NodeRuntime;

/// <summary>The daemon cannot start or go on: one message that names what is wrong and the remedy.</summary>
internal sealed class DaemonException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    internal int ExitCode { get; } = exitCode;
}
