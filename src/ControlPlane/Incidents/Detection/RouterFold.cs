using System.Collections.Immutable;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Incidents.Detection;

/// <summary>Folds events into <see cref="RouterFacts"/>. Pure and total: what does not concern incidents only moves the last word.</summary>
public static class RouterFold
{
    /// <summary>What began and ended longer ago than this is forgotten.</summary>
    internal static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>More masterships of a VRID are not kept, nor more rejections of a member or contradictions.</summary>
    private const int MastershipLimit = 100;
    private const int NoteLimit = 20;

    public static RouterFacts Apply(RouterFacts facts, IInstanceEvent e, RecordedEvent recorded, ClockBound clock)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(e);
        ArgumentNullException.ThrowIfNull(recorded);
        DateTimeOffset at = clock.Correct(recorded.Time);
        string key = MemberFacts.KeyOf(e.Node, e.Instance);
        if (e is InstanceConfigured configured)
        {
            facts = Configure(facts, configured, recorded, at);
        }

        if (!facts.Members.TryGetValue(key, out MemberFacts? member))
        {
            return facts;
        }

        facts = e is ITransitionEvent transition ? Move(facts, member, transition, recorded, at) : Note(facts, member, e, recorded, at);
        return facts with
        {
            Members = facts.Members.SetItem(key, facts.Members[key] with { LastWord = Later(facts.Members[key].LastWord, at) }),
        };
    }

    /// <summary>The node was started: what it had not ended before, died with its last word.</summary>
    public static RouterFacts Started(RouterFacts facts, string node, string word, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return Ended(facts, node, MastershipEnd.Died, word, at: null, starting: at);
    }

    /// <summary>The node stopped in good order.</summary>
    public static RouterFacts Stopped(RouterFacts facts, string node, string word, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return Ended(facts, node, MastershipEnd.Stopped, word, at, starting: null);
    }

    private static RouterFacts Ended(RouterFacts facts, string node, MastershipEnd end, string word, DateTimeOffset? at, DateTimeOffset? starting)
    {
        foreach ((string key, MemberFacts member) in facts.Members.Where(pair => pair.Value.Node == node))
        {
            MemberFacts after = member with { Starting = starting };
            if (!member.IsStopped)
            {
                DateTimeOffset since = at ?? member.LastWord;
                facts = facts with { Masterships = Close(facts.Masterships, member, since, end, word, null) };
                after = after with { Phase = VrrpPhase.Initialize, IsStopped = true, Faults = FaultReasons.None, Since = since, Word = word };
            }

            facts = facts with { Members = facts.Members.SetItem(key, after) };
        }

        return facts;
    }

    private static RouterFacts Configure(RouterFacts facts, InstanceConfigured e, RecordedEvent recorded, DateTimeOffset at)
    {
        string key = MemberFacts.KeyOf(e.Node, e.Instance);
        facts = e.Former is { } former ? Rename(facts, e.Node, former, e.Instance) : facts;
        MemberFacts? known = facts.Members.GetValueOrDefault(key);
        MemberFacts member = new(
            e.Node, e.Instance, e.Source, [.. e.VirtualAddresses], e.Config.Version, e.Config.AdverInterval,
            VrrpTimers.MasterDownInterval(e.Config, e.Config.Priority, e.Config.AdverInterval), e.Phase ?? VrrpPhase.Initialize, FaultReasons.None,
            false, at, at, Word(recorded), recorded.Origin?.Boot ?? "", ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal), []);
        if (known is not null && e.Phase is not null)
        {
            member = member with { Since = known.Since, Faults = known.Faults, Heard = known.Heard };
        }

        return facts with { Members = facts.Members.SetItem(key, member) };
    }

    private static RouterFacts Rename(RouterFacts facts, string node, string from, string to)
    {
        string key = MemberFacts.KeyOf(node, from);
        return facts.Members.TryGetValue(key, out MemberFacts? member)
            ? facts with
            {
                Members = facts.Members.Remove(key).SetItem(MemberFacts.KeyOf(node, to), member with { Instance = to }),
                Masterships = [.. facts.Masterships.Select(m => m.Node == node && m.Instance == from ? m with { Instance = to } : m)],
            }
            : facts;
    }

    private static RouterFacts Move(RouterFacts facts, MemberFacts member, ITransitionEvent e, RecordedEvent recorded, DateTimeOffset at)
    {
        string word = Word(recorded);
        (VrrpPhase phase, MastershipEnd end, string? detail) = e switch
        {
            InstanceBecameMaster => (VrrpPhase.Master, MastershipEnd.Yielded, null),
            InstanceBecameBackup b => (VrrpPhase.Backup, MastershipEnd.Yielded, b.Peer == RouterAddress.None ? null : $"{b.Peer}, priority {b.PeerPriority}"),
            InstanceEnteredFault f => (VrrpPhase.Fault, MastershipEnd.Fault, f.Faults.ToString()),
            _ => (VrrpPhase.Initialize, MastershipEnd.Stopped, (string?)null),
        };
        ImmutableList<Mastership> masterships = Close(facts.Masterships, member, at, end, word, detail);
        if (e is InstanceBecameMaster master)
        {
            masterships = Trimmed(masterships, at).Add(new Mastership(
                e.Node, e.Instance, at, null, e.Reason, master.LastHeard is { } heard ? at - (e.At - heard) : null, master.LastMaster, word));
        }

        MemberFacts moved = member with
        {
            Phase = phase,
            Faults = e is InstanceEnteredFault fault ? fault.Faults : FaultReasons.None,
            IsStopped = e is InstanceStopped,
            Since = at,
            Word = word,
        };
        if (e is InstanceBecameBackup { Peer: var peer } && peer != RouterAddress.None)
        {
            moved = moved with { Heard = moved.Heard.SetItem(peer.ToString(), at) };
        }

        return facts with { Masterships = masterships, Members = facts.Members.SetItem(MemberFacts.KeyOf(e.Node, e.Instance), moved) };
    }

    private static RouterFacts Note(RouterFacts facts, MemberFacts member, IInstanceEvent e, RecordedEvent recorded, DateTimeOffset at)
    {
        string key = MemberFacts.KeyOf(e.Node, e.Instance);
        switch (e)
        {
            case AdvertisementDigest { Count: > 0 } digest when digest.Peer != member.Source:
                return facts with { Members = facts.Members.SetItem(key, member with { Heard = member.Heard.SetItem(digest.Peer.ToString(), at) }) };
            case AdvertisementsRejected r:
                Rejection rejection = new(at, r.Peer.ToString(), r.Reason, r.Detail, Word(recorded));
                return facts with { Members = facts.Members.SetItem(key, member with { Rejected = [.. member.Rejected.TakeLast(NoteLimit - 1), rejection] }) };
            case LowerPriorityMasterHeard l:
                DateTimeOffset At(TimeSpan? mono) => mono is { } then && recorded.Origin is { } origin ? at - (origin.Mono - then) : at;
                Contradiction heard = new(At(l.From), l.Node, l.Peer.ToString(), Word(recorded), At(l.To));
                return facts with
                {
                    Contradictions = Contradict(facts.Contradictions, member, heard),
                    Members = facts.Members.SetItem(key, member with { Heard = member.Heard.SetItem(heard.Peer, heard.Last) }),
                };
            default:
                return facts;
        }
    }

    /// <summary>What is heard again before a Backup would have taken the sender for dead is the same contradiction, going on.</summary>
    private static ImmutableList<Contradiction> Contradict(ImmutableList<Contradiction> known, MemberFacts member, Contradiction heard)
    {
        int index = known.FindLastIndex(c => c.Node == heard.Node && c.Peer == heard.Peer);
        return index >= 0 && (heard.At - known[index].Last).Duration() <= member.MasterDownInterval
            ? known.SetItem(index, known[index] with { Until = Later(known[index].Last, heard.Last) })
            : [.. known.TakeLast(NoteLimit - 1), heard];
    }

    private static ImmutableList<Mastership> Close(
        ImmutableList<Mastership> masterships, MemberFacts member, DateTimeOffset at, MastershipEnd end, string word, string? detail)
    {
        int index = masterships.FindLastIndex(m => m.Node == member.Node && m.Instance == member.Instance && m.To is null);
        return index < 0
            ? masterships
            : masterships.SetItem(index, masterships[index] with { To = Later(at, masterships[index].From), End = end, Closed = word, Detail = detail });
    }

    /// <summary>The last Mastership is kept whatever its age: the next one continues it.</summary>
    private static ImmutableList<Mastership> Trimmed(ImmutableList<Mastership> masterships, DateTimeOffset now)
    {
        ImmutableList<Mastership> recent = masterships.RemoveAll(
            m => m.To < now - Memory && !ReferenceEquals(m, masterships[^1]));
        return recent.Count < MastershipLimit ? recent : recent.RemoveRange(0, recent.Count - MastershipLimit + 1);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    internal static string Word(RecordedEvent recorded) =>
        recorded.Origin is { } origin ? $"{origin.Node}/{origin.Boot}/{origin.Sequence}" : recorded.Id.ToString();
}
