using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads <c>vrrp_sync_group</c> blocks, and finds their members once every instance is known.</summary>
internal sealed class SyncGroups(ValueReader values, KeywordGate gate)
{
    private readonly Dictionary<string, Draft> _byName = new(StringComparer.Ordinal);
    private readonly List<Draft> _drafts = [];

    private sealed record Member(string Instance, SourceSpan Span);

    private sealed class Draft(string name, SourceSpan span)
    {
        internal string Name { get; } = name;

        internal SourceSpan Span { get; } = span;

        internal List<Member> Members { get; } = [];

        internal NotifyScripts Notify { get; set; } = NotifyScripts.None;

        internal bool? SmtpAlert { get; set; }

        internal Shared Shared { get; set; } = new([], null, false);
    }

    /// <summary>What a group gives to its members.</summary>
    /// <param name="TrackScripts">Tracked for every member.</param>
    /// <param name="NotifyPriorityChanges">Null: not said.</param>
    /// <param name="TrackingWeight"><c>sync_group_tracking_weight</c>: trackers may change the members' priorities.</param>
    internal sealed record Shared(List<TrackScriptReader.Entry> TrackScripts, bool? NotifyPriorityChanges, bool TrackingWeight);

    internal void Read(Statement block)
    {
        if (values.One(block) is not { } name)
        {
            return;
        }

        var draft = new Draft(name.Text, block.Span);
        if (_byName.TryGetValue(name.Text, out Draft? before))
        {
            values.Log.Error(DiagnosticCodes.DuplicateName, block.SpanOf(name), $"vrrp_sync_group {name.Text} is already defined at {before.Span}");
        }
        else
        {
            _byName.Add(name.Text, draft);
            _drafts.Add(draft);
        }

        foreach (Statement statement in block.Block ?? [])
        {
            if (!gate.Admits(statement, "vrrp_sync_group"))
            {
                continue;
            }

            ReadLine(draft, statement);
        }
    }

    private void ReadLine(Draft draft, Statement statement)
    {
        switch (statement.Keyword)
        {
            case "group":
                ReadMembers(draft, statement);
                break;
            case "track_script":
                TrackScriptReader.ReadEntries(draft.Shared.TrackScripts, statement, values);
                break;
            case "smtp_alert":
                draft.SmtpAlert = values.Boolean(statement) ?? draft.SmtpAlert;
                break;
            case "notify_priority_changes":
                draft.Shared = draft.Shared with { NotifyPriorityChanges = values.Boolean(statement) ?? draft.Shared.NotifyPriorityChanges };
                break;
            case "sync_group_tracking_weight" or "global_tracking":
                draft.Shared = draft.Shared with { TrackingWeight = values.Flag(statement) };
                break;
            default:
                draft.Notify = NotifyReader.Read(draft.Notify, statement, values.Log);
                break;
        }
    }

    /// <summary>Of a group that <see cref="Resolve"/> has named.</summary>
    internal Shared SharedOf(string group) => _byName[group].Shared;

    private void ReadMembers(Draft draft, Statement block)
    {
        values.IgnoreFrom(block, 1);
        foreach (Statement statement in block.Block ?? [])
        {
            foreach (Word word in statement.Words)
            {
                draft.Members.Add(new Member(word.Text, statement.SpanOf(word)));
            }
        }
    }

    /// <param name="priorities">Every instance by name, and its priority; null when it is not usable.</param>
    /// <param name="groupOf">Is filled: the group of each member.</param>
    /// <param name="smtpAlert">Mail about groups that say nothing of it themselves.</param>
    internal ImmutableArray<SyncGroupSettings> Resolve(IReadOnlyDictionary<string, byte?> priorities, Dictionary<string, string> groupOf, bool smtpAlert)
    {
        ImmutableArray<SyncGroupSettings>.Builder groups = ImmutableArray.CreateBuilder<SyncGroupSettings>();
        foreach (Draft draft in _drafts)
        {
            string[] members = [.. draft.Members.Where(member => Accept(draft, member, priorities, groupOf)).Select(member => member.Instance)];
            if (members.Length == 0)
            {
                values.Log.Warning(
                    DiagnosticCodes.EmptyGroup, draft.Span, $"vrrp_sync_group {draft.Name} has no member that exists in its 'group' block: it is left out");
                continue;
            }

            if (members.Length == 1)
            {
                values.Log.Warning(
                    DiagnosticCodes.SingleMember, draft.Span, $"vrrp_sync_group {draft.Name} has one member only, {members[0]}: there is nothing to keep in step");
            }

            int owners = members.Count(member => priorities[member] == 255);
            if (owners > 0 && owners < members.Length)
            {
                values.Log.Warning(
                    DiagnosticCodes.OwnersMixed,
                    draft.Span,
                    $"vrrp_sync_group {draft.Name} mixes address owners (priority 255) with others: they cannot follow each other");
            }

            groups.Add(new SyncGroupSettings(draft.Name, draft.Span, [.. members], draft.Notify, draft.SmtpAlert ?? smtpAlert));
        }

        return groups.ToImmutable();
    }

    private bool Accept(Draft draft, Member member, IReadOnlyDictionary<string, byte?> priorities, Dictionary<string, string> groupOf)
    {
        if (!priorities.ContainsKey(member.Instance))
        {
            values.Log.Warning(
                DiagnosticCodes.UnknownMember, member.Span, $"there is no vrrp_instance '{member.Instance}' for vrrp_sync_group {draft.Name}: it is left out");
            return false;
        }

        if (groupOf.TryAdd(member.Instance, draft.Name))
        {
            return true;
        }

        if (groupOf[member.Instance] == draft.Name)
        {
            values.Log.Warning(DiagnosticCodes.Repeated, member.Span, $"'{member.Instance}' is named twice in vrrp_sync_group {draft.Name}");
        }
        else
        {
            values.Log.Error(
                DiagnosticCodes.MemberOfTwoGroups,
                member.Span,
                $"'{member.Instance}' is already in vrrp_sync_group {groupOf[member.Instance]}: an instance may be in one group only");
        }

        return false;
    }
}
