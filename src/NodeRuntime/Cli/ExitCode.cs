namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>keepalived's exit codes.</summary>
internal static class ExitCode
{
    internal const int Good = 0;
    internal const int Fatal = 1;

    /// <summary>The configuration has errors.</summary>
    internal const int Configuration = 2;

    /// <summary>A capability is missing.</summary>
    internal const int NoPermission = 4;

    /// <summary>There is no configuration.</summary>
    internal const int NoConfiguration = 6;

    /// <summary>A broken invariant of our own.</summary>
    internal const int Software = 70;
}
