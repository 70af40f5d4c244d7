using System.CommandLine;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>The command line <c>kes</c>.</summary>
public static class KesCommandLine
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromMinutes(1);

    /// <summary>Parses and runs one command. Errors are one message on the error writer.</summary>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        RootCommand root = Create(environment);
        ParseResult parse = root.Parse(arguments);
        if (parse.Errors.Count > 0)
        {
            await environment.Error.WriteLineAsync($"kes: {string.Join("; ", parse.Errors.Select(error => error.Message).Distinct())} See '{Help(parse)}'.");
            return ExitCode.Misuse;
        }

        try
        {
            return await parse.InvokeAsync(new InvocationConfiguration
            {
                Output = environment.Out,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = ShutdownTimeout,
            });
        }
        catch (CliException failure)
        {
            await environment.Error.WriteLineAsync($"kes: {failure.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }

    /// <summary>All commands, for parsing alone.</summary>
    public static RootCommand Create(CliEnvironment environment)
    {
        CommonOptions common = new();
        RootCommand root = new("Control plane of Keepalived.Es: keeps what every node did, and answers why.")
        {
            ServeCommand.Create(environment), StatusCommand.Create(common, environment), AuditCommand.Create(common, environment),
            IncidentsCommand.Create(common, environment), WhatIfCommand.Create(common, environment),
            NodesCommand.Create(common, environment), NodeCommandLine.Create(common, environment), HooksCommand.Create(common, environment),
            StoreCommand.Create(common, environment),
        };
        common.AddTo(root);
        return root;
    }

    private static string Help(ParseResult parse)
    {
        List<string> path = [];
        for (System.CommandLine.Parsing.SymbolResult? at = parse.CommandResult; at is not null; at = at.Parent)
        {
            bool isRoot = at is not System.CommandLine.Parsing.CommandResult { Command: not RootCommand };
            path.Insert(0, isRoot ? "kes" : ((System.CommandLine.Parsing.CommandResult)at).Command.Name);
        }

        return $"{string.Join(' ', path)} --help";
    }
}
