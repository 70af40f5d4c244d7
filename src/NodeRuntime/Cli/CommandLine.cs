namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary>The daemon's options: keepalived's, as far as they are in force, and <c>--node-config</c>.</summary>
internal sealed record CommandLine
{
    internal const string DefaultConfiguration = "/etc/keepalived/keepalived.conf";

    internal CommandLineMode Mode { get; init; } = CommandLineMode.Run;

    /// <summary><c>-f</c>.</summary>
    internal string ConfigurationFile { get; init; } = DefaultConfiguration;

    /// <summary><c>-n</c>: stay in the foreground.</summary>
    internal bool DontFork { get; init; }

    /// <summary><c>-l</c>: also log to standard error.</summary>
    internal bool LogConsole { get; init; }

    /// <summary><c>-D</c>: log details.</summary>
    internal bool LogDetail { get; init; }

    /// <summary><c>-t[=FILE]</c>: where the messages of the configuration test go; null: standard error; <c>json</c>: standard output, as JSON.</summary>
    internal string? ConfigTestOutput { get; init; }

    /// <summary><c>-p</c>.</summary>
    internal string? PidFile { get; init; }

    /// <summary><c>-r</c>.</summary>
    internal string? VrrpPidFile { get; init; }

    /// <summary><c>-c</c>.</summary>
    internal string? CheckersPidFile { get; init; }

    /// <summary><c>-b</c>.</summary>
    internal string? BfdPidFile { get; init; }

    /// <summary><c>-i</c>: the id that <c>@ID</c> lines compare with.</summary>
    internal string? ConfigId { get; init; }

    /// <summary><c>-e</c>: every include that finds nothing is an error.</summary>
    internal bool AllIncludes { get; init; }

    /// <summary><c>-P</c>: virtual servers are left out.</summary>
    internal bool VrrpOnly { get; init; }

    /// <summary><c>-C</c>: instances are left out.</summary>
    internal bool ChecksOnly { get; init; }

    /// <summary><c>-B</c>: sessions of BFD are left out.</summary>
    internal bool NoBfd { get; init; }

    /// <summary><c>-I</c>: at the stop the kernel's IPVS table stays as it is.</summary>
    internal bool KeepIpvs { get; init; }

    /// <summary><c>--signum</c>: name of the signal asked for.</summary>
    internal string? SignalName { get; init; }

    /// <summary><c>--node-config</c>: path of node.yaml.</summary>
    internal string? NodeConfig { get; init; }

    /// <summary>The same with paths that stay right when the daemon leaves its directory.</summary>
    internal CommandLine WithFullPaths() => this with
    {
        ConfigurationFile = Path.GetFullPath(ConfigurationFile),
        PidFile = Full(PidFile),
        VrrpPidFile = Full(VrrpPidFile),
        CheckersPidFile = Full(CheckersPidFile),
        BfdPidFile = Full(BfdPidFile),
    };

    private static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);

    /// <summary>Reads the arguments as getopt_long(3) would: short options may be joined, values attached or apart.</summary>
    /// <exception cref="FormatException">An option that is unknown, not in force, or lacks its value; the message names it.</exception>
    internal static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var result = new CommandLine();
        bool optionsOver = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--" && !optionsOver)
            {
                optionsOver = true;
            }
            else if (optionsOver)
            {
                throw Unexpected(argument);
            }
            else if (argument.StartsWith("--", StringComparison.Ordinal))
            {
                result = Long(result, argument[2..], arguments, ref i);
            }
            else if (argument.Length > 1 && argument[0] == '-')
            {
                result = Short(result, argument, arguments, ref i);
            }
            else
            {
                throw Unexpected(argument);
            }
        }

        return result;
    }

    private static FormatException Unexpected(string argument) => new($"unexpected argument '{argument}': only options are allowed, see --help");

    private static CommandLine Short(CommandLine result, string argument, IReadOnlyList<string> arguments, ref int index)
    {
        for (int at = 1; at < argument.Length; at++)
        {
            CommandOption option = CommandOption.OfShort(argument[at]);
            string rest = argument[(at + 1)..];
            switch (option.Argument)
            {
                case OptionArgument.None:
                    result = option.Apply!(result, "");
                    break;
                case OptionArgument.Optional:
                    return option.Apply!(result, rest.StartsWith('=') ? rest[1..] : rest);
                default:
                    return option.Apply!(result, rest.Length > 0 ? rest : Next(arguments, ref index, $"-{argument[at]}"));
            }
        }

        return result;
    }

    private static CommandLine Long(CommandLine result, string text, IReadOnlyList<string> arguments, ref int index)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        string? value = equals < 0 ? null : text[(equals + 1)..];
        CommandOption option = CommandOption.OfLong(name);
        return option.Argument switch
        {
            OptionArgument.None when value is not null => throw new FormatException($"option --{option.Long} takes no value, seen '{value}'"),
            OptionArgument.None or OptionArgument.Optional => option.Apply!(result, value ?? ""),
            _ when value is "" => throw new FormatException($"option --{option.Long} needs a value"),
            _ => option.Apply!(result, value ?? Next(arguments, ref index, $"--{option.Long}")),
        };
    }

    private static string Next(IReadOnlyList<string> arguments, ref int index, string option) =>
        ++index < arguments.Count && arguments[index].Length > 0 ? arguments[index] : throw new FormatException($"option {option} needs a value");

    /// <summary>The number of keepalived's signal names (<c>--signum</c>); null: unknown.</summary>
    internal static int? SignalNumber(string name) => name switch
    {
        "STOP" => 15,
        "RELOAD" => 1,
        "DATA" => 10,
        "STATS" => 12,
        "STATS_CLEAR" => 63,
        "JSON" => 36,
        _ => null,
    };
}

internal enum CommandLineMode : byte
{
    Run,
    ConfigTest,
    Version,
    Help,
    SignalNumber,
}
