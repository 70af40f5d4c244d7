namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>How a worker ended.</summary>
/// <param name="ExitCode">128 and the number of the signal when one ended it.</param>
/// <param name="ErrorHead">The first characters of its standard error.</param>
internal sealed record WorkerEnd(int ExitCode, string ErrorHead);
