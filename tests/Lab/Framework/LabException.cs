namespace Keepalived.Es.Lab.Framework;

/// <summary>A claim about the lab does not hold. The message ends with the logs of all daemons.</summary>
public sealed class LabException(string message) : Exception(message);
