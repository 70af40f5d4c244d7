namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

internal enum RouteChangeKind : byte
{
    /// <summary>An interface is new or differs: see <see cref="RouteChange.Link"/>.</summary>
    LinkChanged,

    /// <summary>An interface is gone.</summary>
    LinkRemoved,

    /// <summary>An address is new or differs: see <see cref="RouteChange.Address"/>.</summary>
    AddressChanged,

    /// <summary>An address is gone.</summary>
    AddressRemoved,

    /// <summary>Changes were lost, because they were not read in time: dump again. Nothing else is set.</summary>
    Overrun,
}

/// <summary>One change that the kernel reported, by whomever it was made (also by ourselves).</summary>
internal readonly record struct RouteChange(RouteChangeKind Kind)
{
    internal LinkInfo Link { get; init; }

    internal AddressInfo Address { get; init; }
}
