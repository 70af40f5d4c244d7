using System.Diagnostics;

namespace Keepalived.Es.Lab.Framework;

/// <summary>What a program that ran to its end left behind.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>Runs programs to their end.</summary>
internal static class Command
{
    /// <summary>A program that takes longer than this hangs.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">It did not end in a minute; it is killed.</exception>
    internal static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, string? input = null)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(info) ?? throw new InvalidOperationException($"{program} did not start");
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{program} {string.Join(' ', info.ArgumentList)} did not end in {Limit}");
        }
    }

    /// <summary>Runs <c>ip</c> with words.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message has its own words.</exception>
    internal static Task<string> IpAsync(string arguments) => IpAsync(arguments, input: null);

    /// <summary>Runs many <c>ip</c> commands in one process.</summary>
    /// <param name="options">Such as <c>-n NAMESPACE</c>.</param>
    /// <param name="lines">Commands without the word <c>ip</c>.</param>
    internal static Task<string> IpBatchAsync(string options, params IEnumerable<string> lines) =>
        IpAsync($"{options} -batch -".Trim(), string.Join('\n', lines) + "\n");

    private static async Task<string> IpAsync(string arguments, string? input)
    {
        CommandResult result = await RunAsync("ip", arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), input);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"ip {arguments}\n{input}\n{result}");
    }
}
