using Keepalived.Es.ControlPlane.Commands;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tenants;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>/v1/commands</c>: what operators ask nodes to do.</summary>
internal static class CommandEndpoints
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromDays(366);

    internal static async Task<IResult> DrainAsync(
        DrainRequest request, CommandRegister commands, BoardStore board, TenantRegister tenants, CancellationToken stop)
    {
        if (request.ForSeconds is { } seconds && !(seconds > 0 && seconds <= LongestDrain.TotalSeconds))
        {
            return Answer.Error(400, $"for {seconds} s is out of range, allowed are more than 0 s and up to {LongestDrain.TotalDays:0} days");
        }

        if (request.Site is { } site && await tenants.FindAsync(site, stop) is { IsShown: false } place)
        {
            return Answer.Error(409, $"{place.Text}: ask there", place.Place);
        }

        (IReadOnlyList<NodeState> nodes, _) = await board.LoadAsync(stop);
        List<NodeState> there = [.. nodes.Where(node => (request.Site is null || node.Tenant == request.Site) && (request.Node is null || node.Node == request.Node))];
        List<(NodeState Node, ServiceState Service)> having =
            [.. there.SelectMany(node => node.Services.Values.Where(service => Is(service, request.Service)).Select(service => (node, service)))];
        if (having.Count == 0)
        {
            string known = string.Join(", ", there.SelectMany(node => node.Services.Keys).Distinct().Order(StringComparer.Ordinal));
            return Answer.Error(404, $"no node has a virtual server '{request.Service}'; there are: {(known.Length > 0 ? known : "none")}");
        }

        List<NodeState> with = [.. having.Where(pair => pair.Service.Servers.Values.Any(server => Is(server, request.Server))).Select(pair => pair.Node)];
        return with.Count > 0
            ? Answer.Ok(await commands.IssueAsync([.. with.Select(node => (node.Tenant, node.Node))], request, stop))
            : Answer.Error(404, $"{request.Service} has no real server '{request.Server}'; there are: {string.Join(", ", having[0].Service.Servers.Keys)}");
    }

    internal static async Task<IResult> StateAsync(string ids, CommandRegister commands, CancellationToken stop)
    {
        List<Guid> asked = [];
        foreach (string text in ids.Split(','))
        {
            if (!Guid.TryParse(text, out Guid id))
            {
                return Answer.Error(400, $"command '{text}': an id is expected");
            }

            asked.Add(id);
        }

        return Answer.Ok(await commands.FindAsync([.. asked], stop));
    }

    private static bool Is(ServiceState service, string name) => service.Service == name || service.Label == name;

    private static bool Is(ServerState server, string name) =>
        server.Server == name || server.Label == name || server.Server.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal) == name
        || server.Server.StartsWith($"[{name}]:", StringComparison.Ordinal);
}
