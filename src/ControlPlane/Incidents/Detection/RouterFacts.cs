using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>Everything of one VRID in one site from which incidents are found: who ran it, and who was Master when.</summary>
/// <param name="Members">By <see cref="MemberFacts.KeyOf"/>.</param>
/// <param name="Masterships">In the order in which they became known; an hour of them, and those that last.</param>
/// <param name="Contradictions">When a Master heard another Master of lower priority.</param>
public sealed record RouterFacts(
    byte Vrid, ImmutableSortedDictionary<string, MemberFacts> Members, ImmutableList<Mastership> Masterships,
    ImmutableList<Contradiction> Contradictions)
{
    public static RouterFacts Empty(byte vrid) => new(
        vrid, ImmutableSortedDictionary.Create<string, MemberFacts>(StringComparer.Ordinal), [], []);

    /// <summary>The virtual routers of this VRID: members of one family that share an address, each set sorted by node.</summary>
    public IEnumerable<VirtualRouter> Routers()
    {
        List<List<MemberFacts>> sets = [];
        foreach (MemberFacts member in Members.Values)
        {
            List<List<MemberFacts>> joined = sets.FindAll(set => set.Exists(other => Belong(member, other)));
            List<MemberFacts> merged = [.. joined.SelectMany(set => set), member];
            sets.RemoveAll(joined.Contains);
            sets.Add(merged);
        }

        return sets.Select(set => new VirtualRouter(this, set));
    }

    private static bool Belong(MemberFacts one, MemberFacts other) =>
        one.IsIPv4 == other.IsIPv4 && one.Addresses.Any(address => other.Addresses.Exists(theirs => Bare(theirs) == Bare(address)));

    /// <summary>The address without its device, which differs between hosts.</summary>
    private static ReadOnlySpan<char> BareSpan(string address) => address.AsSpan(0, address.IndexOf(' ') is > 0 and int end ? end : address.Length);

    internal static string Bare(string address) => BareSpan(address).ToString();
}

/// <summary>A Master heard another one, once or again and again.</summary>
/// <param name="At">The first time.</param>
/// <param name="Word">Record that says so.</param>
/// <param name="Until">The last time; null: once.</param>
public sealed record Contradiction(DateTimeOffset At, string Node, string Peer, string Word, DateTimeOffset? Until = null)
{
    /// <summary>The last time.</summary>
    [JsonIgnore]
    public DateTimeOffset Last => Until ?? At;
}

/// <summary>One virtual router: the members that answer for the same addresses.</summary>
public sealed record VirtualRouter(RouterFacts Facts, IReadOnlyList<MemberFacts> Members)
{
    /// <summary>All virtual addresses of the members, without their devices.</summary>
    public IReadOnlyList<string> Addresses => [.. Members.SelectMany(member => member.Addresses).Select(RouterFacts.Bare).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<Mastership> Masterships =>
        [.. Facts.Masterships.Where(mastership => Member(mastership) is not null).OrderBy(mastership => mastership.From).ThenBy(m => m.Node, StringComparer.Ordinal)];

    public TimeSpan AdverInterval => Members.Max(member => member.AdverInterval);

    /// <summary>After this silence some member takes over.</summary>
    public TimeSpan MasterDownInterval => Members.Max(member => member.MasterDownInterval);

    internal MemberFacts? Member(Mastership mastership) =>
        Members.FirstOrDefault(member => member.Node == mastership.Node && member.Instance == mastership.Instance);

    /// <summary>The node with this primary address, or the address.</summary>
    internal string NodeAt(Domain.Vrrp.RouterAddress address) =>
        Members.FirstOrDefault(member => member.Source == address)?.Node ?? address.ToString();
}
