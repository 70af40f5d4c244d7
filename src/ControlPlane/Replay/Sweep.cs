using System.Globalization;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Replay;

/// <summary>Values of one setting to try: <c>advert_int=0.01..1</c>.</summary>
public sealed record SweepRange(string Keyword, IReadOnlyList<string> Values)
{
    /// <summary>Values tried between the ends, in equal ratios, both ends among them.</summary>
    private const int Steps = 13;

    /// <exception cref="FormatException">Not of that form, or a value that the keyword does not take.</exception>
    public static SweepRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] sides = text.Split('=', 2);
        string[] ends = sides.Length == 2 ? sides[1].Split("..", 2) : [];
        if (ends.Length != 2 || !Number(ends[0], out double from) || !Number(ends[1], out double to) || from <= 0 || to < from)
        {
            throw new FormatException($"'{text}': KEYWORD=FROM..TO is expected, such as advert_int=0.01..1");
        }

        bool whole = sides[0] is "priority" or "down_timer_adverts";
        string[] values =
        [
            .. Enumerable.Range(0, Steps).Select(i => from * Math.Pow(to / from, i / (double)(Steps - 1)))
                .Select(value => Math.Round(value, whole ? 0 : 2, MidpointRounding.AwayFromZero).ToString(CultureInfo.InvariantCulture)).Distinct(StringComparer.Ordinal),
        ];
        Array.ForEach(values, value => SettingChange.Parse($"*.{sides[0]}={value}"));
        return new SweepRange(sides[0], values);
    }

    private static bool Number(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
}

/// <summary>One value's outcome over all incidents.</summary>
/// <param name="MeanOutage">Time without a Master, mean of the incidents.</param>
/// <param name="WorstOutage">The longest of them.</param>
/// <param name="FalseFailOvers">Stalls on record, in quiet times, that would have made a Backup take over from a living Master.</param>
public sealed record SweepPoint(string Value, TimeSpan MeanOutage, TimeSpan WorstOutage, int FalseFailOvers);

/// <summary>One setting tried over all recorded fail-overs: what a shorter outage costs in false fail-overs. Pure.</summary>
/// <param name="Incidents">How many could be run.</param>
/// <param name="Stalls">How many quiet stretches of ten seconds were looked at for gaps.</param>
public sealed record Sweep(string Keyword, int Incidents, int Stalls, IReadOnlyList<SweepPoint> Points)
{
    public static Sweep Run(SweepRange range, IReadOnlyList<IncidentBundle> bundles)
    {
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(bundles);
        RecordedWorld[] worlds = [.. bundles.Select(RecordedWorld.Of).OfType<RecordedWorld>()];
        Stall[] stalls = [.. bundles.SelectMany(StallsOf).DistinctBy(stall => stall.Position)];
        return new Sweep(range.Keyword, worlds.Length, stalls.Length, [.. range.Values.Select(value => Point(range.Keyword, value, worlds, stalls))]);
    }

    private static SweepPoint Point(string keyword, string value, RecordedWorld[] worlds, Stall[] stalls)
    {
        SettingChange change = SettingChange.Parse($"*.{keyword}={value}");
        TimeSpan[] outages =
        [
            .. worlds.Select(world => WhatIf.Simulate(
                value, world, [.. world.Members.Select(member => member with { Config = change.Apply(member.Config) })], RecordedWorld.LanDelay).WithoutMaster),
        ];
        int falsely = stalls.Count(stall => IsFalse(change.Apply(stall.Config), stall));
        return new SweepPoint(
            value, outages.Length == 0 ? TimeSpan.Zero : TimeSpan.FromTicks((long)outages.Average(o => o.Ticks)), outages.DefaultIfEmpty().Max(), falsely);
    }

    /// <summary>What delayed an advertisement then would delay it under another interval too.</summary>
    private static bool IsFalse(VrrpConfig config, Stall stall) =>
        config.AdverInterval + stall.Delay > VrrpTimers.MasterDownInterval(config, config.Priority, config.AdverInterval);

    private static IEnumerable<Stall> StallsOf(IncidentBundle bundle)
    {
        Dictionary<(string, string), InstanceConfigured> configured = [];
        foreach (EventStore.RecordedEvent e in bundle.Before.Concat(bundle.Events))
        {
            if (e.Event is InstanceConfigured c)
            {
                configured[(c.Node, c.Instance)] = c;
            }
            else if (e.Event is AdvertisementDigest { MaxGap: { } gap } digest && configured.TryGetValue((digest.Node, digest.Instance), out InstanceConfigured? own)
                && digest.Peer != own.Source)
            {
                yield return new Stall(e.Position, own.Config, gap > own.Config.AdverInterval ? gap - own.Config.AdverInterval : TimeSpan.Zero);
            }
        }
    }

    private readonly record struct Stall(long Position, VrrpConfig Config, TimeSpan Delay);
}
