using Keepalived.Es.NodeRuntime;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.Scripting.JavaScript;

if (args is [HookWorker.Verb])
{
    return HookWorker.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
}

try
{
    if (args is [JournalCommand.Verb, ..])
    {
        return JournalCommand.Run(args[1..], Console.Out);
    }

    if (args is [{ } first, ..] && GenhashCommand.IsMeant(first))
    {
        return await GenhashCommand.RunAsync(args[1..], Console.Out, Console.Error).ConfigureAwait(false);
    }

    CommandLine options = CommandLine.Parse(args);
    return options.Mode switch
    {
        CommandLineMode.Help => Print(Usage.Text),
        CommandLineMode.Version => Print($"Keepalived.Es v{Usage.Version}, keepalived with a memory\n"),
        CommandLineMode.SignalNumber => PrintSignal(options.SignalName!),
        CommandLineMode.ConfigTest => ConfigTest.Run(options),
        _ => await RunAsync(options).ConfigureAwait(false),
    };
}
catch (FormatException e)
{
    return Fail(e.Message, ExitCode.Fatal);
}

async Task<int> RunAsync(CommandLine options)
{
    if (!options.DontFork && !Detaching.IsDetached)
    {
        return Detaching.StartInBackground(args);
    }

    try
    {
        return await Daemon.RunAsync(options).ConfigureAwait(false);
    }
    catch (DaemonException e)
    {
        return Fail(e.Message, e.ExitCode);
    }
    catch (Exception e) when (e is not FormatException)          // the program's border: a broken invariant of ours, logged in full by then
    {
        return Fail($"stopped by an error of its own: {e}", ExitCode.Software);
    }
}

static int Print(string text)
{
    Console.Out.Write(text);
    return ExitCode.Good;
}

static int PrintSignal(string name)
{
    if (CommandLine.SignalNumber(name) is { } number)
    {
        return Print($"{number}\n");
    }

    return Fail($"Unknown sigfunc {name}, allowed: STOP, RELOAD, DATA, STATS, STATS_CLEAR, JSON", ExitCode.Fatal);
}

static int Fail(string message, int code)
{
    Console.Error.WriteLine($"keepalived-es: {message}");
    return code;
}
