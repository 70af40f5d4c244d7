namespace Keepalived.Es.ControlPlane.Commands;

/// <summary>What an operator asks for: take a real server out of service, or put it back.</summary>
/// <param name="Service">Name or label of a virtual server.</param>
/// <param name="Server">Name or label of one of its real servers.</param>
/// <param name="Drain">False: put it back.</param>
/// <param name="ForSeconds">Until it comes back by itself; null: until further notice.</param>
/// <param name="Node">Null: every node that has the virtual server.</param>
/// <param name="Site">Null: nodes of every site.</param>
/// <param name="By">Who asks.</param>
public sealed record DrainRequest(string Service, string Server, bool Drain, double? ForSeconds, string? Node, string? Site, string By);

/// <summary>A command on its way to one node.</summary>
/// <param name="Acknowledged">When the node answered; null: not yet.</param>
/// <param name="Error">Why the node did not do it; null: done, or not answered yet.</param>
public sealed record CommandState(Guid Id, string Node, DateTimeOffset? Acknowledged, string? Error);

/// <summary>A command as a node gets it, with the answer to what it sends.</summary>
/// <param name="Kind"><c>drain</c> or <c>undrain</c>.</param>
public sealed record NodeCommand(Guid Id, string Kind, string Service, string Server, double? ForSeconds, string By);
