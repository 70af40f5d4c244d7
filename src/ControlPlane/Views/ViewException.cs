namespace Keepalived.Es.ControlPlane.Views;

/// <summary>A view cannot be made as asked for. The message says what is wrong and what is allowed.</summary>
/// <param name="missing">What is asked for is not on record; else the question itself is at fault.</param>
public sealed class ViewException(string message, bool missing = true) : Exception(message)
{
    public bool IsMissing => missing;
}
