using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>What a node said of itself.</summary>
/// <param name="IsStopped">It stopped in good order and has nothing more to say.</param>
/// <param name="Vrids">VRID of each of its instances by name.</param>
/// <param name="Word">Record of its last start or stop.</param>
public sealed record NodeFacts(string Node, bool IsStopped, DateTimeOffset Since, string Word, ImmutableSortedDictionary<string, byte> Vrids)
{
    public static NodeFacts Empty(string node) =>
        new(node, false, default, "", ImmutableSortedDictionary.Create<string, byte>(StringComparer.Ordinal));
}

/// <summary>A condition that begins with one record and ends with another: a hook that fails, a quorum that is lost.</summary>
/// <param name="Subject">Such as <c>hook node-a/notify_master VI_1</c>.</param>
/// <param name="Finding">As it is now; null: all is well.</param>
public sealed record ConditionFacts(string Subject, Finding? Finding);

/// <summary>An incident that is on record.</summary>
/// <param name="Key"><see cref="Finding.Key"/> of what it was found by.</param>
public sealed record KnownIncident(string Id, IncidentKind Kind, string Key, IncidentFacts Facts)
{
    public bool IsOpen => Facts.End is null;
}

/// <summary>All that incidents of one subject rest on.</summary>
/// <param name="Router">Of a VRID.</param>
/// <param name="Condition">Of a hook, a virtual server or a node's silence.</param>
/// <param name="Node">Of a node.</param>
/// <param name="Known">Incidents on record: the open ones, and those closed ones that the detectors still see.</param>
public sealed record SubjectFacts(
    RouterFacts? Router, ConditionFacts? Condition, NodeFacts? Node, ImmutableList<KnownIncident> Known)
{
    public static readonly SubjectFacts Empty = new(null, null, null, []);

    /// <summary>Nothing is left to remember.</summary>
    [JsonIgnore]
    public bool IsEmpty => Router is null && Node is null && Condition?.Finding is null && Known.IsEmpty;

    /// <summary>Whether time alone can change what is found.</summary>
    /// <param name="silent">Nodes that are silent now.</param>
    internal bool DependsOnTime(IReadOnlyDictionary<string, DateTimeOffset> silent) =>
        Known.Exists(incident => incident.IsOpen)
        || (Node is { } node && silent.ContainsKey(node.Node))
        || (Router is { } router && (router.Masterships.All(m => m.To is not null) || router.Masterships.Any(m => m.To is null && silent.ContainsKey(m.Node))));
}
