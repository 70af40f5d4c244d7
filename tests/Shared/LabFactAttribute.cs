using System.Globalization;
using System.Runtime.CompilerServices;

namespace Keepalived.Es.Tests;

/// <summary>
/// A test against this machine's own kernel, in network namespaces that it makes. Skips, naming what is missing, unless run by root with
/// iproute2; with CI=true nothing is skipped, so that what is missing fails the run.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LabFactAttribute : FactAttribute
{
    /// <param name="programs">Programs that the test needs besides <c>ip</c>, by name: <c>"tshark keepalived"</c>.</param>
    public LabFactAttribute(string programs = "", [CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
        if (!LabRequirements.IsMandatory)
        {
            Skip = LabRequirements.Missing(programs);
        }
    }
}

/// <summary>What the tests of the lab need of the machine.</summary>
public static class LabRequirements
{
    private const int NetworkAdministration = 12; // CAP_NET_ADMIN
    private const int SystemAdministration = 21;  // CAP_SYS_ADMIN: making a namespace

    /// <summary>True with CI=true in the environment: a requirement that is not met is a failure.</summary>
    public static bool IsMandatory => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>What is missing, in one line, or null.</summary>
    /// <param name="programs">Names of programs besides <c>ip</c>, with spaces between.</param>
    public static string? Missing(string programs = "")
    {
        ulong effective = EffectiveCapabilities();
        List<string> missing = [];
        if ((effective & (1UL << NetworkAdministration)) == 0 || (effective & (1UL << SystemAdministration)) == 0)
        {
            missing.Add("root (CAP_NET_ADMIN and CAP_SYS_ADMIN)");
        }

        foreach (string program in $"ip {programs}".Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsOnPath(program))
            {
                missing.Add($"the program {program}");
            }
        }

        return missing.Count == 0 ? null : $"missing: {string.Join(", ", missing)}";
    }

    /// <summary>For a lab's set-up, where nothing may be skipped any more.</summary>
    /// <exception cref="InvalidOperationException">Something is missing; the message names it.</exception>
    public static void Demand(string programs = "")
    {
        if (Missing(programs) is { } missing)
        {
            throw new InvalidOperationException(missing);
        }
    }

    private static ulong EffectiveCapabilities()
    {
        const string Field = "CapEff:";
        string? line = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line is null ? 0 : ulong.Parse(line.AsSpan(Field.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    private static bool IsOnPath(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(PostgresFolders())
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>Debian keeps PostgreSQL's programs off the path; the control plane looks here too.</summary>
    private static IEnumerable<string> PostgresFolders()
    {
        const string Versions = "/usr/lib/postgresql";
        return Directory.Exists(Versions) ? Directory.GetDirectories(Versions).Select(version => Path.Combine(version, "bin")) : [];
    }
}
