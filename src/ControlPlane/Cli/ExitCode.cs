namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>Exit codes of every command.</summary>
public static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It failed; for replay also: the machine decides otherwise.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Misuse = 2;
}
