namespace Keepalived.Es.Scripting.JavaScript.Protocol;

/// <summary>A stream of messages does not keep to its form.</summary>
internal sealed class FrameException(string message, Exception? inner = null) : Exception(message, inner);
