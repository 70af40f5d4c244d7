namespace Keepalived.Es.ControlPlane.Embedded;

/// <summary>PostgreSQL of our own cannot run. The message says why and what to do.</summary>
public sealed class EmbeddedException(string message) : Exception(message);
