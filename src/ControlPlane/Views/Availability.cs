using Keepalived.Es.ControlPlane.Projections.Board;

namespace Keepalived.Es.ControlPlane.Views;

/// <summary>How long an address was answered for. Pure.</summary>
/// <param name="Length">From <see cref="AddressHistory.From"/> to its end.</param>
/// <param name="OneMaster">Exactly one node was Master, and no other was silent.</param>
/// <param name="OneMasterKnown">One node was Master, while another was silent.</param>
/// <param name="SeveralMasters">Several said that they are Master, for longer than their clocks explain.</param>
/// <param name="NoMaster">None was, for longer than their clocks explain.</param>
/// <param name="Unknown">No known Master and a silent node, or shorter than the clocks' uncertainty.</param>
/// <param name="ShareAtLeast">Of the length, 0 to 1: with one known Master.</param>
/// <param name="ShareAtMost">The same if all that is unknown went well.</param>
public sealed record Availability(
    string Site, string Address, TimeSpan Length, TimeSpan OneMaster, TimeSpan OneMasterKnown, TimeSpan SeveralMasters, TimeSpan NoMaster, TimeSpan Unknown,
    double ShareAtLeast, double ShareAtMost, TimeSpan Uncertainty)
{
    internal static Availability Of(string site, string address, IReadOnlyList<AnswerStretch> stretches, TimeSpan uncertainty)
    {
        TimeSpan Sum(Func<AnswerStretch, bool> which) => stretches.Where(which).Aggregate(TimeSpan.Zero, (sum, s) => sum + (s.To - s.From));
        TimeSpan Certain(RouterVerdict verdict) => Sum(s => s.Verdict == verdict && !s.WithinUncertainty);
        TimeSpan length = Sum(_ => true);
        TimeSpan one = Certain(RouterVerdict.OneMaster);
        TimeSpan known = Certain(RouterVerdict.OneMasterKnown);
        TimeSpan unknown = Sum(s => s.Verdict == RouterVerdict.Unknown || s.WithinUncertainty);
        return new Availability(
            site, address, length, one, known, Certain(RouterVerdict.SeveralMasters), Certain(RouterVerdict.NoMaster), unknown,
            (one + known) / length, (one + known + unknown) / length, uncertainty);
    }
}
