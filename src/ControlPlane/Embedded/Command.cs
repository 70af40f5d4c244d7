using System.Diagnostics;

namespace Keepalived.Es.ControlPlane.Embedded;

/// <param name="Output">Both streams, standard output first.</param>
internal sealed record CommandResult(int ExitCode, string Output);

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <exception cref="EmbeddedException">It could not be started, or did not end in time (then it is killed).</exception>
    internal static CommandResult Run(IReadOnlyList<string> command, TimeSpan timeout)
    {
        ProcessStartInfo start = new(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(timeout))
            {
                process.Kill();
                throw new EmbeddedException($"'{string.Join(' ', command)}' did not end within {timeout.TotalSeconds:0} s");
            }

            return new CommandResult(process.ExitCode, (output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult()).Trim());
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new EmbeddedException($"'{command[0]}' cannot be started: {failure.Message}");
        }
    }
}
