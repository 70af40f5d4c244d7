using System.Diagnostics;
using System.Globalization;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Replay;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Benchmarks;

/// <summary>Recorded inputs through the machines again, on one core.</summary>
internal static class ReplayCost
{
    private const int Incidents = 200;
    private const double Wanted = 1_000_000;

    internal static int Run(TimeSpan length)
    {
        IncidentBundle[] bundles = [.. Enumerable.Range(0, Incidents).Select(seed => SimulatedIncident.Of(seed, (SimulatedIncident.Trouble)(seed % 4)))];
        (VrrpConfig Config, InputsRecorded Window)[] windows = [.. bundles.SelectMany(WindowsOf)];
        Console.WriteLine($"{Incidents} simulated fail-overs, {windows.Sum(w => w.Window.Inputs.Count)} recorded inputs");
        double machine = Rate("VrrpMachine.Step", length, () => windows.Sum(w => Step(w.Config, w.Window)));
        double replay = Rate("IncidentReplay.Run", length, () => bundles.Sum(bundle => Replay(bundle)));
        return machine >= Wanted && replay >= Wanted ? 0 : 1;
    }

    private static IEnumerable<(VrrpConfig, InputsRecorded)> WindowsOf(IncidentBundle bundle) =>
        from window in bundle.Events.Select(e => e.Event).OfType<InputsRecorded>()
        select (bundle.Events.Select(e => e.Event).OfType<InstanceConfigured>().First(c => c.Node == window.Node).Config, window);

    private static long Step(VrrpConfig config, InputsRecorded window)
    {
        EffectBuffer effects = new();
        VrrpState state = window.Before;
        foreach (RecordedInput recorded in window.Inputs)
        {
            effects.Clear();
            VrrpInput input = recorded.Input;
            state = VrrpMachine.Step(config, state, in input, recorded.At, effects);
        }

        return state == window.After ? window.Inputs.Count : throw new InvalidOperationException($"{window.Node} ends in another state");
    }

    private static long Replay(IncidentBundle bundle)
    {
        ReplayedIncident replayed = IncidentReplay.Run(bundle);
        return replayed.Same ? replayed.Inputs : throw new InvalidOperationException($"{replayed.Differences} differences");
    }

    /// <summary>Steps for each second of CPU of this process (its collector's too): what else runs on the machine does not count.</summary>
    private static double Rate(string what, TimeSpan length, Func<long> work)
    {
        for (long warm = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(warm) < length / 4;)
        {
            work();
        }

        (long steps, TimeSpan before, long start) = (0, Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            steps += work();
        }

        double rate = steps / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-20} {rate,12:N0} steps a second of CPU, {steps / Stopwatch.GetElapsedTime(start).TotalSeconds,12:N0} a second on the clock; wanted {Wanted:N0}"));
        return rate;
    }
}
