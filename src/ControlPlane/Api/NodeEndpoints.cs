using Keepalived.Es.ControlPlane.Nodes;

namespace Keepalived.Es.ControlPlane.Api;

/// <param name="Site">Null: the default site.</param>
public sealed record EnrollRequest(string Name, string? Site);

/// <param name="Token">Shown this once; only its hash is kept.</param>
public sealed record EnrollReply(string Name, string Site, string Token);

/// <param name="Retired">Id of the key that is no longer in force.</param>
public sealed record RenewKeyReply(string Name, string Retired);

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

    /// <summary>Gives up a node's key; the next one that comes with its token is taken.</summary>
    internal static async Task<IResult> RenewKeyAsync(string name, string? site, NodeKeyRegister keys, CancellationToken stop) =>
        await keys.RetireAsync(site ?? NodeRegister.DefaultSite, name, stop) is { } key
            ? Answer.Ok(new RenewKeyReply(name, key))
            : Answer.Error(404, $"node '{name}' of site '{site ?? NodeRegister.DefaultSite}' has no key; 'kes nodes list' shows who has");

    internal static async Task<IResult> RevokeAsync(string name, string? site, NodeRegister nodes, CancellationToken stop) =>
        await nodes.RevokeAsync(site ?? NodeRegister.DefaultSite, name, stop)
            ? Results.NoContent()
            : Answer.Error(404, $"no node '{name}' is enrolled in site '{site ?? NodeRegister.DefaultSite}'; 'kes nodes list' shows all");
}
