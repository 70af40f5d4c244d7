using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>What other threads hand to the loop.</summary>
internal abstract record LvsMessage
{
    /// <summary>A tracked file has a new value.</summary>
    internal sealed record FileValue(string File, int Value) : LvsMessage;

    /// <summary>A BFD session is up, or is not.</summary>
    internal sealed record SessionState(string Session, bool IsUp, string Note) : LvsMessage;

    /// <summary>The instance that the sync daemon follows has another state.</summary>
    internal sealed record InstanceState(bool IsMaster) : LvsMessage;

    /// <summary>An operator takes a server out of service, or puts it back.</summary>
    /// <param name="For">Null: until further notice.</param>
    internal sealed record Drain(string Service, string Server, bool IsDrained, TimeSpan? For, string By, TaskCompletionSource<string?> Answer) : LvsMessage;

    /// <summary>A new configuration, checked.</summary>
    /// <param name="HasFifo">See <see cref="LvsLoop.HasFifo"/>.</param>
    internal sealed record Reload(LvsSettings Settings, bool HasFifo, TaskCompletionSource<IReadOnlyList<string>> Changes) : LvsMessage;
}

/// <summary>An answer to a try.</summary>
/// <param name="Try">Which one: see <see cref="CheckSlots"/>.</param>
internal readonly record struct ProbeAnswer(int Try, ProbeResult Result);
