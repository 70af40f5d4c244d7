namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>A check cannot be made as it is configured: a certificate that cannot be read, a pattern that is none. The message says what and why.</summary>
internal sealed class ProbeSetupException(string message, Exception? inner = null) : Exception(message, inner);
