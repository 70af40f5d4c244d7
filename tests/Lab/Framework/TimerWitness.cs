using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.Lab.Framework;

/// <summary>
/// Tells a daemon that was held up from a machine that stood still: an idle daemon on node b, whose timer is due all the time and was late then, too.
/// </summary>
internal sealed class TimerWitness
{
    private static readonly VrrpText Text = VrrpText.Version3 with { Instance = "WITNESS", Vrid = 99, VirtualAddress = "10.51.0.199/24", Interval = "0.05" };

    private readonly NetnsLab _lab;

    private TimerWitness(NetnsLab lab) => _lab = lab;

    internal static async Task<TimerWitness> StartAsync(NetnsLab lab)
    {
        lab.B.StartOurs(Text.For(lab.B, 100));
        await lab.UntilAsync("the witness is Master", () => lab.B.Journal.Events<InstanceBecameMaster>().Count == 1);
        return new TimerWitness(lab);
    }

    /// <summary>No timer of the node was late by an advertisement interval beyond what the witness was. Ends the witness, so that all it saw is on record.</summary>
    internal async Task WasNeverLateAloneAsync(LabNode node, TimeSpan interval)
    {
        List<TimerLate> told = node.Journal.Events<TimerLate>();
        await _lab.ThatAsync("the witness ends in good order", await _lab.B.StopGracefullyAsync() == 0);
        List<TimerLate> witnessed = _lab.B.Journal.Events<TimerLate>();
        foreach (TimerLate late in told)
        {
            TimerLate[] meanwhile = [.. witnessed.Where(seen => seen.Due <= late.Due + late.Lateness && late.Due <= seen.Due + seen.Lateness)];
            TimeSpan machine = Text.AdvertInterval + meanwhile.Aggregate(TimeSpan.Zero, (sum, seen) => sum + seen.Lateness);
            await _lab.ThatAsync($"{late}; the witness meanwhile: {string.Join(", ", meanwhile.AsEnumerable())}", late.Lateness < interval + machine);
        }
    }
}
