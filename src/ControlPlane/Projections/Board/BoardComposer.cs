using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Projections.Board;

/// <summary>Puts the nodes' own words together into one board. Pure.</summary>
public static class BoardComposer
{
    /// <param name="nodes">What each node said last.</param>
    /// <param name="contacts">Who was in contact; a node without an entry is silent.</param>
    public static BoardView Compose(IEnumerable<NodeState> nodes, IEnumerable<NodeContact> contacts, DateTimeOffset asOf)
    {
        Dictionary<(string, string), NodeContact> contactOf = contacts.ToDictionary(contact => (contact.Tenant, contact.Node));
        List<(NodeState Node, NodeContact Contact)> known =
        [
            .. nodes.OrderBy(node => node.Tenant, StringComparer.Ordinal).ThenBy(node => node.Node, StringComparer.Ordinal)
                .Select(node => (node,
                    contactOf.GetValueOrDefault((node.Tenant, node.Node)) ?? new NodeContact(node.Tenant, node.Node, null, false))),
        ];
        return new BoardView(asOf, known.Select(pair => pair.Node.Position).DefaultIfEmpty().Max(), [.. Routers(known)],
            [.. known.Select(Node)],
            [.. known.SelectMany(pair => pair.Node.Services.Values.Select(service =>
                new BoardService(pair.Node.Tenant, pair.Node.Node, IsSilent(pair.Node, pair.Contact), service)))]);
    }

    private static IEnumerable<BoardRouter> Routers(List<(NodeState Node, NodeContact Contact)> known) =>
        from pair in known
        from instance in pair.Node.Instances.Values
        let addresses = string.Join(' ', instance.Addresses.Order(StringComparer.Ordinal))
        group (pair.Node, instance, pair.Contact) by (pair.Node.Tenant, instance.Vrid, instance.Family, addresses) into router
        orderby router.Key.Tenant, router.Key.Vrid, router.Key.Family, router.Key.addresses
        select Router(router.Key.Tenant, [.. router]);

    private static BoardRouter Router(string site, List<(NodeState Node, InstanceState Instance, NodeContact Contact)> group)
    {
        List<BoardMember> members = [.. group.Select(entry => Member(entry.Node, entry.Instance, entry.Contact))];
        List<string> masters = [.. members.Where(member => member.Phase == MemberPhase.Master).Select(member => member.Node)];
        bool silent = members.Exists(member => member.Phase == MemberPhase.Unknown);
        RouterVerdict verdict = (masters.Count, silent) switch
        {
            (0, true) => RouterVerdict.Unknown,
            (0, false) => RouterVerdict.NoMaster,
            (1, true) => RouterVerdict.OneMasterKnown,
            (1, false) => RouterVerdict.OneMaster,
            _ => RouterVerdict.SeveralMasters,
        };
        InstanceState first = group[0].Instance;
        return new BoardRouter(site, first.Vrid, first.Family, [.. first.Addresses], verdict, masters, members);
    }

    private static BoardMember Member(NodeState node, InstanceState instance, NodeContact contact)
    {
        MemberPhase said = Said(instance);
        MemberPhase phase = IsSilent(node, contact) ? MemberPhase.Unknown : said;
        return new BoardMember(
            node.Node, instance.Instance, instance.Interface, phase, said, instance.Since, instance.Reason, instance.Priority,
            instance.Peer,
            instance.Position, contact.LastContact);
    }

    /// <summary>What the instance said last, as the board calls it.</summary>
    internal static MemberPhase Said(InstanceState instance) => instance.Stopped ? MemberPhase.Stopped : instance.Phase switch
    {
        VrrpPhase.Master => MemberPhase.Master,
        VrrpPhase.Backup => MemberPhase.Backup,
        VrrpPhase.Fault => MemberPhase.Fault,
        _ => MemberPhase.Initialize,
    };

    private static BoardNode Node((NodeState Node, NodeContact Contact) pair) => new(
        pair.Node.Tenant, pair.Node.Node, pair.Node.Stopped, IsSilent(pair.Node, pair.Contact), pair.Node.Since, pair.Contact.LastContact,
        pair.Node.Instances.Count);

    /// <summary>A node that stopped in good order has nothing more to say.</summary>
    private static bool IsSilent(NodeState node, NodeContact contact) => !contact.Heard && !node.Stopped;
}
