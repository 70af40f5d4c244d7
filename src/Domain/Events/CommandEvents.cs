namespace Keepalived.Es.Domain.Events;

/// <summary>The node has done what an operator asked for, or says why not.</summary>
/// <param name="Command">Its id.</param>
/// <param name="Text">What was asked for, in words.</param>
/// <param name="Error">Null: done.</param>
[EventAlias("command_acknowledged")]
public sealed record CommandAcknowledged(string Node, string Command, string Text, string By, string? Error) : INodeEvent;
