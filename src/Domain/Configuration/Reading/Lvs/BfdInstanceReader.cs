using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads <c>bfd_instance</c> blocks.</summary>
internal sealed class BfdInstanceReader(ValueReader values, KeywordGate gate)
{
    private const int NameMaximum = 31;
    private const int WeightMaximum = 253;
    private const decimal MillisecondsMaximum = 4_294_967m;
    private const decimal IdleMinimum = 1_000m;
    private const byte IPv6HopLimit = 64;

    private readonly Dictionary<string, BfdInstanceSettings?> _byName = new(StringComparer.Ordinal);

    internal void Read(Statement head)
    {
        if (values.One(head) is not { } name)
        {
            return;
        }

        if (name.Text.Length > NameMaximum)
        {
            values.Log.Error(DiagnosticCodes.BadName, head.SpanOf(name), $"bfd_instance '{name.Text}' has {name.Text.Length} characters, allowed {NameMaximum}");
        }

        var draft = new Draft();
        foreach (Statement statement in head.Block ?? [])
        {
            if (gate.Admits(statement, "bfd_instance"))
            {
                ReadLine(draft, statement);
            }
        }

        BfdInstanceSettings? settings = Complete(name.Text, head, draft);
        if (!_byName.TryAdd(name.Text, settings))
        {
            values.Log.Error(DiagnosticCodes.DuplicateName, head.SpanOf(name), $"bfd_instance {name.Text} is already defined");
        }
        else if (settings is not null && _byName.Values.OfType<BfdInstanceSettings>().Any(other => other != settings && IsSamePair(other, settings)))
        {
            values.Log.Error(DiagnosticCodes.DuplicateAddress, head.SpanOf(name), $"another bfd_instance has neighbor {settings.Neighbor} and the same source already");
        }
    }

    /// <summary>Null: there is none of that name, or it is wrong; the former is reported.</summary>
    internal BfdInstanceSettings? Find(string name, SourceSpan at, string owner)
    {
        if (!_byName.TryGetValue(name, out BfdInstanceSettings? settings))
        {
            values.Log.Error(DiagnosticCodes.UnknownTracker, at, $"there is no bfd_instance '{name}': {owner} has nothing to look at");
        }

        return settings;
    }

    internal ImmutableArray<BfdInstanceSettings> All() => [.. _byName.Values.OfType<BfdInstanceSettings>()];

    private static bool IsSamePair(BfdInstanceSettings one, BfdInstanceSettings other) => one.Neighbor == other.Neighbor && one.Source == other.Source;

    private void ReadLine(Draft draft, Statement statement)
    {
        switch (statement.Keyword)
        {
            case "source_ip":
                draft.Source = values.Address(statement) ?? draft.Source;
                break;
            case "neighbor_ip" or "neighbour_ip":
                draft.Neighbor = values.Address(statement) ?? draft.Neighbor;
                break;
            case "min_rx":
                draft.MinimumReceive = Milliseconds(statement, 1) ?? draft.MinimumReceive;
                break;
            case "min_tx":
                draft.MinimumTransmit = Milliseconds(statement, 1) ?? draft.MinimumTransmit;
                break;
            case "idle_tx":
                draft.IdleTransmit = Milliseconds(statement, IdleMinimum) ?? draft.IdleTransmit;
                break;
            case "multiplier":
                draft.Multiplier = (byte)(values.Integer(statement, 1, 255) ?? draft.Multiplier);
                break;
            case "passive":
                draft.Passive = values.Flag(statement);
                break;
            case "ttl" or "hoplimit":
                draft.Ttl = (byte?)values.Integer(statement, 1, 255) ?? draft.Ttl;
                break;
            case "max_hops":
                draft.MaximumHops = values.Integer(statement, -1, 255) ?? draft.MaximumHops;
                break;
            case "multihop":
                draft.Multihop = values.Boolean(statement) ?? draft.Multihop;
                break;
            case "weight":
                (draft.Weight, draft.Reverse) = WeightText.Read(statement, values, WeightMaximum) is var (weight, reverse) ? (weight, reverse ?? false) : (draft.Weight, draft.Reverse);
                WarnOfTracking(statement, "no priority changes");
                break;
            case "vrrp":
                draft.Vrrp = values.Flag(statement);
                WarnOfTracking(statement, "no vrrp_instance hears of the session");
                break;
            default:
                draft.Checker = values.Flag(statement);
                break;
        }
    }

    private void WarnOfTracking(Statement statement, string consequence) => values.Log.Warning(
        DiagnosticCodes.WeightVoid, statement.Span, $"'{statement.Keyword}' of a bfd_instance acts with track_bfd only, which is not yet in force: {consequence}");

    private TimeSpan? Milliseconds(Statement statement, decimal minimum) =>
        values.Seconds(statement, minimum, MillisecondsMaximum, "ms") is { } read ? read / 1_000 : null;

    private BfdInstanceSettings? Complete(string name, Statement head, Draft draft)
    {
        if (draft.Neighbor is not { } neighbor)
        {
            values.Log.Error(DiagnosticCodes.MissingValue, head.Span, $"bfd_instance {name} has no neighbor_ip");
            return null;
        }

        if (draft.Source != RouterAddress.None && draft.Source.IsIPv4 != neighbor.IsIPv4)
        {
            values.Log.Error(DiagnosticCodes.WrongFamily, head.Span, $"source_ip {draft.Source} and neighbor_ip {neighbor} of bfd_instance {name} are not of one family");
            return null;
        }

        byte ttl = draft.Ttl ?? (neighbor.IsIPv4 ? byte.MaxValue : IPv6HopLimit);
        return new BfdInstanceSettings
        {
            Name = name,
            Span = head.Span,
            Neighbor = neighbor,
            Source = draft.Source,
            MinimumReceive = draft.MinimumReceive,
            MinimumTransmit = draft.MinimumTransmit,
            IdleTransmit = draft.IdleTransmit,
            Multiplier = draft.Multiplier,
            Passive = draft.Passive,
            Ttl = ttl,
            MaximumHops = draft.MaximumHops is -1 or 255 ? byte.MaxValue : (byte)Math.Min(draft.MaximumHops, ttl),
            Multihop = draft.Multihop,
            Weight = draft.Weight,
            Reverse = draft.Reverse,
            ForVrrp = draft.Vrrp || !draft.Checker,
            ForCheckers = draft.Checker || !draft.Vrrp,
        };
    }

    private sealed class Draft
    {
        internal RouterAddress? Neighbor { get; set; }

        internal RouterAddress Source { get; set; }

        internal TimeSpan MinimumReceive { get; set; } = TimeSpan.FromMilliseconds(10);

        internal TimeSpan MinimumTransmit { get; set; } = TimeSpan.FromMilliseconds(10);

        internal TimeSpan IdleTransmit { get; set; } = TimeSpan.FromSeconds(1);

        internal byte Multiplier { get; set; } = 5;

        internal bool Passive { get; set; }

        internal byte? Ttl { get; set; }

        internal long MaximumHops { get; set; }

        internal bool Multihop { get; set; }

        internal int Weight { get; set; }

        internal bool Reverse { get; set; }

        internal bool Vrrp { get; set; }

        internal bool Checker { get; set; }
    }
}
