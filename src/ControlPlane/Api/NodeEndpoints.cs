using Keepalived.Es.ControlPlane.Nodes;

namespace Keepalived.Es.ControlPlane.Api;

/// <param name="Site">Null: the default site.</param>
public sealed record EnrollRequest(string Name, string? Site);

/// <param name="Token">Shown this once; only its hash is kept.</param>
public sealed record EnrollReply(string Name, string Site, string Token);

/// <summary><c>/v1/nodes</c>: who may send.</summary>
internal static class NodeEndpoints
{
    private const string NameForm = "1 to 63 of letters, digits, '.', '_' and '-' are expected, beginning with a letter or digit";

    internal static async Task<IResult> ListAsync(NodeRegister nodes, CancellationToken stop) => Answer.Ok(await nodes.ListAsync(stop));

    internal static async Task<IResult> EnrollAsync(EnrollRequest request, NodeRegister nodes, CancellationToken stop)
    {
        if (!NodeRegister.IsName(request.Name ?? ""))
        {
            return Answer.Error(400, $"node name '{request.Name}': {NameForm}");
        }

        if (request.Site is { } named && !NodeRegister.IsName(named))
        {
            return Answer.Error(400, $"site '{named}': {NameForm}");
        }

        string site = request.Site ?? NodeRegister.DefaultSite;
        return await nodes.EnrollAsync(site, request.Name!, stop) is { } token
            ? Answer.Ok(new EnrollReply(request.Name!, site, token))
            : Answer.Error(409, $"node '{request.Name}' of site '{site}' is enrolled already: 'kes nodes revoke {request.Name}' first, then enroll it again");
    }

    internal static async Task<IResult> RevokeAsync(string name, string? site, NodeRegister nodes, CancellationToken stop) =>
        await nodes.RevokeAsync(site ?? NodeRegister.DefaultSite, name, stop)
            ? Results.NoContent()
            : Answer.Error(404, $"no node '{name}' is enrolled in site '{site ?? NodeRegister.DefaultSite}'; 'kes nodes list' shows all");
}
