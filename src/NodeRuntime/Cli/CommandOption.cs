namespace Keepalived.Es.NodeRuntime.Cli;

internal enum OptionArgument : byte
{
    None,

    /// <summary>Only attached: <c>-tFILE</c>, <c>--config-test=FILE</c>.</summary>
    Optional,

    Required,
}

/// <summary>One option of keepalived(8).</summary>
/// <param name="Short">Its letter; '\0': none.</param>
/// <param name="Long">Its long name.</param>
/// <param name="Help">Its line in <c>--help</c>.</param>
/// <param name="Apply">What it sets; null: known, and not in force.</param>
internal sealed record CommandOption(char Short, string Long, OptionArgument Argument, string Help, Func<CommandLine, string, CommandLine>? Apply)
{
    internal static readonly IReadOnlyList<CommandOption> All =
    [
        new('f', "use-file", OptionArgument.Required, "FILE   configuration file (default /etc/keepalived/keepalived.conf)", (c, v) => c with { ConfigurationFile = v }),
        new('n', "dont-fork", OptionArgument.None, "stay in the foreground", (c, _) => c with { DontFork = true }),
        new('l', "log-console", OptionArgument.None, "log to standard error", (c, _) => c with { LogConsole = true }),
        new('D', "log-detail", OptionArgument.None, "log details", (c, _) => c with { LogDetail = true }),
        new('t', "config-test", OptionArgument.Optional, "[=FILE|json]   check the configuration and exit: 0 good, 4 cannot run, 5 with errors or warnings", (c, v) =>
            c with { Mode = CommandLineMode.ConfigTest, ConfigTestOutput = v.Length > 0 ? v : null }),
        new('p', "pid", OptionArgument.Required, "FILE   pid file (default /run/keepalived.pid)", (c, v) => c with { PidFile = v }),
        new('r', "vrrp_pid", OptionArgument.Required, "FILE   pid file of the VRRP part, which is the same process", (c, v) => c with { VrrpPidFile = v }),
        new('c', "checkers_pid", OptionArgument.Required, "FILE   pid file of the checkers, which are the same process", (c, v) => c with { CheckersPidFile = v }),
        new('b', "bfd_pid", OptionArgument.Required, "FILE   pid file of the BFD part, which is the same process", (c, v) => c with { BfdPidFile = v }),
        new('i', "config-id", OptionArgument.Required, "ID   keep the lines marked @ID (default: the host's name)", (c, v) => c with { ConfigId = v }),
        new('e', "all-config", OptionArgument.None, "an include that finds nothing is an error", (c, _) => c with { AllIncludes = true }),
        new('P', "vrrp", OptionArgument.None, "only VRRP, no load balancing", (c, _) => c with { VrrpOnly = true }),
        new('C', "check", OptionArgument.None, "only load balancing, no VRRP", (c, _) => c with { ChecksOnly = true }),
        new('B', "no_bfd", OptionArgument.None, "no BFD sessions", (c, _) => c with { NoBfd = true }),
        new('I', "dont-release-ipvs", OptionArgument.None, "leave the kernel's IPVS table as it is at the stop", (c, _) => c with { KeepIpvs = true }),
        new('\0', "signum", OptionArgument.Required, "NAME   print the number of the signal for STOP, RELOAD, DATA, STATS, STATS_CLEAR or JSON", (c, v) =>
            c with { Mode = CommandLineMode.SignalNumber, SignalName = v }),
        new('\0', "node-config", OptionArgument.Required, "FILE   node name, journal and control plane (default /etc/keepalived-es/node.yaml, if it exists)", (c, v) =>
            c with { NodeConfig = v }),
        new('T', "genhash", OptionArgument.None, "print the digest of a page; only as the first option, see --genhash --help", (_, _) =>
            throw new FormatException("option --genhash is understood as the first one only")),
        new('v', "version", OptionArgument.None, "print the version and exit", (c, _) => c with { Mode = CommandLineMode.Version }),
        new('h', "help", OptionArgument.None, "print this and exit", (c, _) => c with { Mode = CommandLineMode.Help }),
        NotInForce('\0', "all"), NotInForce('S', "log-facility"),
        NotInForce('g', "log-file"), NotInForce('\0', "flush-log-file"), NotInForce('G', "no-syslog"), NotInForce('u', "umask"),
        NotInForce('X', "release-vips"), NotInForce('V', "dont-release-vrrp"), NotInForce('R', "dont-respawn"),
        NotInForce('d', "dump-conf"), NotInForce('a', "address-monitoring"),
        NotInForce('x', "snmp"), NotInForce('A', "snmp-agent-socket"), NotInForce('m', "core-dump"), NotInForce('M', "core-dump-pattern"),
        NotInForce('s', "namespace"), NotInForce('\0', "ignore-sigint"),
    ];

    /// <exception cref="FormatException">Unknown, or not in force.</exception>
    internal static CommandOption OfShort(char letter) => InForce(All.FirstOrDefault(option => option.Short == letter), $"-{letter}");

    /// <summary>As getopt_long(3): a name may be shortened as long as it is the beginning of one option only.</summary>
    /// <exception cref="FormatException">Unknown, ambiguous, or not in force.</exception>
    internal static CommandOption OfLong(string name)
    {
        CommandOption[] candidates = [.. All.Where(option => option.Long.StartsWith(name, StringComparison.Ordinal))];
        if (candidates.Length > 1 && !candidates.Any(option => option.Long == name))
        {
            throw new FormatException($"option --{name} is ambiguous: {string.Join(", ", candidates.Select(option => $"--{option.Long}"))}");
        }

        return InForce(candidates.FirstOrDefault(option => option.Long == name) ?? candidates.FirstOrDefault(), $"--{name}");
    }

    private static CommandOption NotInForce(char letter, string name) => new(letter, name, OptionArgument.None, "", null);

    private static CommandOption InForce(CommandOption? option, string seen)
    {
        if (option is null)
        {
            throw new FormatException($"unknown option {seen}, see --help");
        }

        return option.Apply is null
            ? throw new FormatException($"option {seen} (--{option.Long}) of keepalived is not in force here, see --help for those that are")
            : option;
    }
}
