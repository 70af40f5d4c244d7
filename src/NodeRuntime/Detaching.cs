using System.Diagnostics;
using System.Text;

namespace Keepalived.Es.NodeRuntime;

/// <summary>
/// Running in the background. The runtime cannot fork, so the program starts itself once more, in a session of its own, and ends when that
/// one is ready or has failed.
/// </summary>
internal static class Detaching
{
    private const string Variable = "KEEPALIVED_ES_DETACHED";
    private const string Ready = "\u0006ready";                 // ACK first: no message begins so

    /// <summary>Whether this is the one in the background. The mark is taken off, so that no script inherits it.</summary>
    internal static bool IsDetached { get; } = TakeMark();

    private static bool TakeMark()
    {
        bool marked = System.Environment.GetEnvironmentVariable(Variable) is not null;
        System.Environment.SetEnvironmentVariable(Variable, null);
        return marked;
    }

    /// <summary>
    /// Starts the daemon in the background and waits for it to be ready, passing on what it says until then. It gets pipes, which end with
    /// us, and none of our own streams: whoever waits for the end of those is not kept waiting by the daemon.
    /// </summary>
    /// <returns>0 when it is, else its exit code.</returns>
    internal static int StartInBackground(IReadOnlyList<string> arguments)
    {
        string program = System.Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is unknown");
        var info = new ProcessStartInfo(program)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        info.Environment[Variable] = "1";
        using Process child = Process.Start(info) ?? throw new InvalidOperationException($"{program} did not start");
        while (child.StandardError.ReadLine() is { } said)
        {
            if (said == Ready)
            {
                return 0;
            }

            Console.Error.WriteLine(said);
        }

        child.WaitForExit();
        return child.ExitCode;
    }

    /// <summary>Leaves the session and the working directory of the one who started us.</summary>
    internal static void LeaveSession()
    {
        _ = Linux.Interop.LibC.setsid();                         // fails only for a leader of a group, which a child is not
        Directory.SetCurrentDirectory("/");
    }

    /// <summary>Tells the one who started us that the daemon is ready, and lets go of its terminal.</summary>
    internal static void ReportReady()
    {
        using (Stream output = Console.OpenStandardError())
        {
            output.Write(Encoding.UTF8.GetBytes(Ready + "\n"));
        }

        int nothing = Linux.Interop.LibC.OpenNothing();
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            _ = Linux.Interop.LibC.dup2(nothing, descriptor);
        }
    }
}
