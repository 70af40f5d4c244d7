using Keepalived.Es.ControlPlane.Replay;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>How fast a replay is shown.</summary>
/// <param name="Speed">Multiple of its own speed; null: at once.</param>
/// <param name="Step">Enter goes on.</param>
internal sealed record ReplayPace(double? Speed, bool Step)
{
    /// <summary>Longer pauses of the incident are not sat out.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    internal static ReplayPace Of(double? speed, bool step) => speed is <= 0 or > 1_000_000
        ? throw new CliException($"--speed {speed}: more than 0 and up to 1000000 is allowed")
        : new ReplayPace(speed, step);

    internal async Task WaitAsync(TimeSpan passed, CliEnvironment environment, CancellationToken stop)
    {
        if (Step)
        {
            await Console.In.ReadLineAsync(stop);
        }
        else if (Speed is { } speed && passed > TimeSpan.Zero)
        {
            TimeSpan pause = passed / speed;
            await Task.Delay(pause < LongestPause ? pause : LongestPause, environment.Time, stop);
        }
    }
}

/// <summary>A replayed incident for people: a column for each instance.</summary>
internal static class ReplayText
{
    internal static async Task WriteAsync(CliEnvironment environment, TimeText times, ReplayedIncident replay, ReplayPace pace, CancellationToken stop)
    {
        string[] columns = [.. replay.Steps.Select(Column).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        int width = Math.Max(24, (environment.Width - 14) / Math.Max(columns.Length, 1));
        TextWriter output = environment.Out;
        await output.WriteLineAsync($"{replay.Incident}: {replay.Inputs} recorded inputs through the machines of {columns.Length} instances");
        await output.WriteLineAsync($"{"",14}{string.Concat(columns.Select(column => column.PadRight(width)))}".TrimEnd());
        DateTimeOffset? before = null;
        foreach (ReplayStep step in replay.Steps)
        {
            await pace.WaitAsync(step.At - (before ?? step.At), environment, stop);
            before = step.At;
            string indent = new(' ', width * Array.IndexOf(columns, Column(step)));
            await output.WriteLineAsync($"{times.Clock(step.At)}  {indent}{(step.IsDecision ? "=> " : "")}{step.Text}");
            if (step.Difference is { } difference)
            {
                await output.WriteLineAsync($"{"",14}{indent}!! {difference}");
            }
        }

        await output.WriteLineAsync(replay.Same
            ? $"Same: all {replay.Decisions} decisions are as recorded."
            : $"Different: {replay.Differences} of what was replayed is not as recorded.");
    }

    private static string Column(ReplayStep step) => $"{step.Node} {step.Instance}";
}
