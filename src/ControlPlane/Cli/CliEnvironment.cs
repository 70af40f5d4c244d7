namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>All that a command takes from its surroundings, so that a test can give it others.</summary>
/// <param name="Variable">An environment variable by name; null when it is not set.</param>
/// <param name="Width">Columns of the terminal.</param>
public sealed record CliEnvironment(TextWriter Out, TextWriter Error, Func<string, string?> Variable, TimeProvider Time, TimeZoneInfo Zone,
    int Width)
{
    private const int WidthOfPipes = 200;

    /// <summary>The process's own surroundings.</summary>
    public static CliEnvironment OfProcess() => new(
        Console.Out, Console.Error, Environment.GetEnvironmentVariable, TimeProvider.System, TimeZoneInfo.Local,
        Console.IsOutputRedirected ? WidthOfPipes : Math.Max(Console.WindowWidth, 80));

    /// <summary><c>/var/lib/kes</c> for root, else <c>kes</c> in the user's state directory.</summary>
    public string DefaultData =>
        Environment.UserName == "root"
            ? "/var/lib/kes"
            : Path.Combine(Variable("XDG_STATE_HOME") ?? Path.Combine(Variable("HOME") ?? "/tmp", ".local/state"), "kes");
}

/// <summary>A command failed. The message says what is wrong and what to do.</summary>
/// <param name="status">What the server answered; 0: it did not.</param>
public sealed class CliException(string message, int status = 0) : Exception(message)
{
    public int Status { get; } = status;
}
