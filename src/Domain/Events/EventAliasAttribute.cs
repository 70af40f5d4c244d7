namespace Keepalived.Es.Domain.Events;

/// <summary>The name under which an event is stored. Never reused, never changed; a golden file lists all of them.</summary>
/// <param name="alias">snake_case, by Marten's rule for the type's name.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EventAliasAttribute(string alias) : Attribute
{
    public string Alias { get; } = alias;
}

/// <summary>A fact that is kept for ever.</summary>
public interface IStoredEvent;

/// <summary>A fact that a node records.</summary>
public interface INodeEvent : IStoredEvent
{
    /// <summary>The node whose fact it is.</summary>
    string Node { get; }
}

/// <summary>A fact about one <c>vrrp_instance</c>: it goes into the stream <c>vrrp/&lt;node&gt;/&lt;instance&gt;</c>.</summary>
public interface IInstanceEvent : INodeEvent
{
    string Instance { get; }
}

/// <summary>A fact about one hook: it goes into the stream <c>hook/&lt;node&gt;/&lt;name&gt;</c>.</summary>
public interface IHookEvent : INodeEvent
{
    string Hook { get; }
}
