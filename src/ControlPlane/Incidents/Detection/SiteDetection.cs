using System.Collections.Immutable;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>
/// The process manager of one site: folds its nodes' events by subject, and lets time pass. Works on a copy of the subjects' states, so that a failed
/// commit loses nothing: <see cref="Changed"/> is what a commit must write.
/// </summary>
/// <param name="site">The tenant.</param>
/// <param name="before">States of all subjects as they are on record.</param>
public sealed class SiteDetection(string site, IReadOnlyDictionary<string, SubjectFacts> before, Func<string, ClockBound> clock)
{
    private readonly Dictionary<string, SubjectFacts> _changed = new(StringComparer.Ordinal);

    /// <summary>Subjects whose state differs from the one on record.</summary>
    public IReadOnlyDictionary<string, SubjectFacts> Changed => _changed;

    /// <summary>Folds one event. Events of incidents themselves are passed over.</summary>
    public void Apply(RecordedEvent recorded)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        if (recorded.Event is not INodeEvent { Node: { Length: > 0 } node } fact)
        {
            return;
        }

        switch (fact)
        {
            case NodeStarted:
                NodeMoved(recorded, node, isStopped: false);
                break;
            case NodeStopped:
                NodeMoved(recorded, node, isStopped: true);
                break;
            case IInstanceEvent e:
                Instance(recorded, e);
                break;
            default:
                Condition(recorded, node);
                break;
        }
    }

    /// <summary>Compares with the incidents on record.</summary>
    /// <param name="silent">Nodes that are silent now, with their last contact.</param>
    /// <param name="everything">Look also at subjects of which no event came, where time alone may change something; false: leave them for later.</param>
    public IReadOnlyList<IIncidentEvent> Conclude(DateTimeOffset now, IReadOnlyDictionary<string, DateTimeOffset> silent, bool everything = true)
    {
        ArgumentNullException.ThrowIfNull(silent);
        DetectionContext context = new(now, Unstopped(silent), clock);
        string[] subjects =
        [
            .. before.Where(pair => everything && pair.Value.DependsOnTime(context.LastContact)).Select(pair => pair.Key)
                .Union(_changed.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        List<IIncidentEvent> events = [];
        foreach (string subject in subjects)
        {
            SubjectFacts facts = State(subject);
            (ImmutableList<KnownIncident> known, IReadOnlyList<IIncidentEvent> told) =
                IncidentBook.Compare(site, Title(subject), facts.Known, Findings(facts, context), now);
            events.AddRange(told);
            if (told.Count > 0 || known.Count != facts.Known.Count)
            {
                _changed[subject] = facts with { Known = known };
            }
        }

        return events;
    }

    private Dictionary<string, DateTimeOffset> Unstopped(IReadOnlyDictionary<string, DateTimeOffset> silent) => silent
        .Where(pair => State(NodeKey(pair.Key)).Node is { IsStopped: false })
        .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);

    private static IEnumerable<Finding> Findings(SubjectFacts facts, DetectionContext context)
    {
        if (facts.Condition?.Finding is { } condition)
        {
            yield return condition;
        }

        if (facts.Node is { } node && context.LastContact.TryGetValue(node.Node, out DateTimeOffset last))
        {
            yield return Conditions.Silence(node.Node, last, node.Word);
        }

        if (facts.Router is not { } router)
        {
            yield break;
        }

        VirtualRouter[] routers = [.. router.Routers()];
        foreach (Finding finding in routers.SelectMany(r => TwoMastersDetector.Find(r, context).Concat(HeardMasterDetector.Find(r, context))
            .Concat(FailOverDetector.Find(r, context)).Concat(NoMasterDetector.Find(r, context)).Concat(MemberDetectors.Faults(r))
            .Concat(MemberDetectors.Flapping(r, context)).Concat(MemberDetectors.Mismatches(r)))
            .Concat(MemberDetectors.Collisions(router, routers, context)))
        {
            yield return finding;
        }
    }

    private void NodeMoved(RecordedEvent recorded, string node, bool isStopped)
    {
        DateTimeOffset at = clock(node).Correct(recorded.Time);
        string word = RouterFold.Word(recorded);
        NodeFacts facts = NodeOf(node);
        foreach (byte vrid in facts.Vrids.Values.Distinct())
        {
            string key = RouterKey(vrid);
            if (State(key).Router is { } router)
            {
                Set(key, State(key) with { Router = isStopped ? RouterFold.Stopped(router, node, word, at) : RouterFold.Started(router, node, word, at) });
            }
        }

        Set(NodeKey(node), State(NodeKey(node)) with { Node = facts with { IsStopped = isStopped, Since = at, Word = word } });
    }

    private void Instance(RecordedEvent recorded, IInstanceEvent e)
    {
        NodeFacts node = NodeOf(e.Node);
        byte? vrid = e switch
        {
            InstanceConfigured configured => configured.Config.Vrid,
            ITransitionEvent transition => transition.Vrid,
            _ => node.Vrids.TryGetValue(e.Instance, out byte known) ? known : null,
        };
        if (vrid is not { } of)
        {
            return;
        }

        if (e is InstanceConfigured && node.Vrids.GetValueOrDefault(e.Instance) != of)
        {
            Set(NodeKey(e.Node), State(NodeKey(e.Node)) with { Node = node with { Vrids = node.Vrids.SetItem(e.Instance, of) } });
        }

        string key = RouterKey(of);
        RouterFacts router = State(key).Router ?? RouterFacts.Empty(of);
        RouterFacts after = RouterFold.Apply(router, e, recorded, clock(e.Node));
        if (!ReferenceEquals(router, after))
        {
            Set(key, State(key) with { Router = after });
        }
    }

    private void Condition(RecordedEvent recorded, string node)
    {
        if (Conditions.Of(recorded, clock(node)) is not { } told)
        {
            return;
        }

        SubjectFacts state = State(told.Subject);
        ConditionFacts? known = state.Condition;
        bool goesOn = known?.Finding is not null && told.Finding is not null;
        bool isNews = known?.Finding is not null || told.Finding is not null;
        if (isNews && !goesOn)
        {
            Set(told.Subject, state with { Condition = told });
        }
    }

    private NodeFacts NodeOf(string node) => State(NodeKey(node)).Node ?? NodeFacts.Empty(node);

    private SubjectFacts State(string subject) => _changed.GetValueOrDefault(subject) ?? before.GetValueOrDefault(subject) ?? SubjectFacts.Empty;

    private void Set(string subject, SubjectFacts state) => _changed[subject] = state;

    private static string NodeKey(string node) => $"node {node}";

    private static string RouterKey(byte vrid) => $"vrid {vrid}";

    private static string Title(string subject) => subject.StartsWith("vrid ", StringComparison.Ordinal) ? $"VRID {subject[5..]}" : subject;
}
