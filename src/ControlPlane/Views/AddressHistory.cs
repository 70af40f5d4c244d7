using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>A stretch in which the same nodes answered for an address, as far as they told.</summary>
/// <param name="Masters">Who said that it is Master: none, one, or several.</param>
/// <param name="Silent">Nodes that have the address configured and were silent; one of them may have been Master too.</param>
/// <param name="WithinUncertainty">Shorter than what the nodes' clocks may be wrong by: which of them came first is not known.</param>
public sealed record AnswerStretch(
    DateTimeOffset From, DateTimeOffset To, RouterVerdict Verdict, IReadOnlyList<string> Masters, IReadOnlyList<string> Silent, bool WithinUncertainty);

/// <summary>One node's part in an address.</summary>
public sealed record AddressMember(string Node, IReadOnlyList<PhaseStretch> Phases);

/// <summary>Who answered for an address when, on the control plane's clock. A pure fold.</summary>
/// <param name="From">Begin of what was asked for, or when a node had the address configured first.</param>
/// <param name="Uncertainty">By how much two nodes' moments may be wrong against each other.</param>
/// <param name="Stretches">Without a hole.</param>
public sealed record AddressHistory(
    string Site, string Address, DateTimeOffset From, DateTimeOffset To, TimeSpan Uncertainty, Availability Availability,
    IReadOnlyList<AnswerStretch> Stretches, IReadOnlyList<AddressMember> Members)
{
    private sealed record Said(string Instance, MemberPhase Phase, DateTimeOffset Since, Domain.Vrrp.TransitionReason Reason, long Position);

    private sealed record Lane(NodeAccount Account, IReadOnlyList<LaneStretch<Said?>> Stretches);

    /// <param name="accounts">All nodes of one site.</param>
    /// <param name="address">Without prefix length: <c>192.0.2.10</c>.</param>
    /// <returns>Null: no node had it configured.</returns>
    public static AddressHistory? Of(IEnumerable<NodeAccount> accounts, string address, Stretch asked, DateTimeOffset now)
    {
        Lane[] lanes =
        [
            .. accounts.Select(account => new Lane(
                    account, [.. NodeLane.Of(account, asked, now, node => Of(node, address)).Where(s => s.Value is not null)]))
                .Where(lane => lane.Stretches.Count > 0).OrderBy(lane => lane.Account.Node, StringComparer.Ordinal),
        ];
        if (lanes.Length == 0)
        {
            return null;
        }

        TimeSpan uncertainty = lanes.Select(lane => lane.Account.Clock.Bound).OrderDescending().Take(2).Aggregate(TimeSpan.Zero, (sum, bound) => sum + bound);
        List<AnswerStretch> stretches = Merge(lanes, lanes.Length > 1 ? uncertainty : TimeSpan.Zero);
        return new AddressHistory(
            lanes[0].Account.Site, address, stretches[0].From, asked.To, uncertainty, Availability.Of(lanes[0].Account.Site, address, stretches, uncertainty), stretches,
            [.. lanes.Select(lane => new AddressMember(lane.Account.Node, [.. lane.Stretches.Select(Phase)]))]);
    }

    /// <summary>The node's instance that has the address; the Master's, if there are several.</summary>
    private static Said? Of(NodeState node, string address) => node.Instances.Values
        .Where(instance => instance.Addresses.Any(configured => VirtualAddress.Bare(configured) == address))
        .Select(instance => new Said(instance.Instance, BoardComposer.Said(instance), instance.Since, instance.Reason, instance.Position))
        .OrderByDescending(said => said.Phase == MemberPhase.Master).FirstOrDefault();

    private static PhaseStretch Phase(LaneStretch<Said?> s) => new(
        s.Time.From, s.Time.To, s.Known ? s.Value!.Phase : MemberPhase.Unknown, s.Value!.Phase, s.Value.Since, s.Value.Reason,
        s.Word is { } word ? Audit.EventSentence.Of(word) : null, s.Value.Position);

    private static List<AnswerStretch> Merge(Lane[] lanes, TimeSpan uncertainty)
    {
        DateTimeOffset[] edges = [.. lanes.SelectMany(lane => lane.Stretches).SelectMany(s => new[] { s.Time.From, s.Time.To }).Distinct().Order()];
        List<AnswerStretch> merged = [];
        foreach ((DateTimeOffset from, DateTimeOffset to) in edges.Zip(edges.Skip(1)))
        {
            (string Node, LaneStretch<Said?> At)[] present =
            [
                .. lanes.SelectMany(lane => lane.Stretches.Where(s => s.Time.From <= from && s.Time.To >= to).Select(s => (lane.Account.Node, s))),
            ];
            string[] masters = [.. present.Where(p => p.At.Known && p.At.Value!.Phase == MemberPhase.Master).Select(p => p.Node)];
            string[] silent = [.. present.Where(p => !p.At.Known).Select(p => p.Node)];
            AnswerStretch next = new(from, to, Verdict(masters.Length, silent.Length > 0), masters, silent, false);
            if (merged.Count > 0 && merged[^1].Verdict == next.Verdict && merged[^1].Masters.SequenceEqual(masters) && merged[^1].Silent.SequenceEqual(silent))
            {
                merged[^1] = merged[^1] with { To = to };
            }
            else
            {
                merged.Add(next);
            }
        }

        return [.. merged.Select((s, index) => s with
        {
            WithinUncertainty = s.Verdict is RouterVerdict.SeveralMasters or RouterVerdict.NoMaster && s.To - s.From <= uncertainty
                && index > 0 && index < merged.Count - 1,
        })];
    }

    private static RouterVerdict Verdict(int masters, bool silent) => (masters, silent) switch
    {
        (0, true) => RouterVerdict.Unknown,
        (0, false) => RouterVerdict.NoMaster,
        (1, true) => RouterVerdict.OneMasterKnown,
        (1, false) => RouterVerdict.OneMaster,
        _ => RouterVerdict.SeveralMasters,
    };
}
