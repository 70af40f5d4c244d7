using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

internal enum RouteOperation : byte
{
    AddAddress,
    RemoveAddress,
    AddRoute,
    RemoveRoute,
}

internal enum RouteOutcome : byte
{
    /// <summary>The kernel did it.</summary>
    Done,

    /// <summary>Add: the kernel has it already (EEXIST), set by whomever.</summary>
    AlreadyThere,

    /// <summary>Remove: the kernel does not have it (EADDRNOTAVAIL, ESRCH), or its interface is gone (ENODEV).</summary>
    AlreadyGone,

    /// <summary>Refused.</summary>
    Failed,
}

/// <summary>How the kernel answered one command.</summary>
/// <param name="Errno">0 or an error number; ETIMEDOUT (110) when no answer came.</param>
/// <param name="KernelText">The kernel's own explanation, or null.</param>
internal readonly record struct RouteResult(RouteOperation Operation, int Errno, string? KernelText)
{
    internal RouteOutcome Outcome => (Operation, Errno) switch
    {
        (_, 0) => RouteOutcome.Done,
        (RouteOperation.AddAddress or RouteOperation.AddRoute, Interop.Errno.EEXIST) => RouteOutcome.AlreadyThere,
        (RouteOperation.RemoveAddress, Interop.Errno.EADDRNOTAVAIL or Interop.Errno.ENODEV) => RouteOutcome.AlreadyGone,
        (RouteOperation.RemoveRoute, Interop.Errno.ESRCH or Interop.Errno.ENODEV) => RouteOutcome.AlreadyGone,
        _ => RouteOutcome.Failed,
    };
}

/// <summary>Changes to addresses and routes that go to the kernel together, in order. Used by one thread; kept and refilled.</summary>
internal sealed class RouteBatch
{
    private readonly List<Command> _commands = [];

    internal int Count => _commands.Count;

    /// <summary>The answer to command number <paramref name="index"/>, after <see cref="RouteSocket.Execute(RouteBatch)"/>.</summary>
    internal RouteResult this[int index] =>
        new(_commands[index].Operation, _commands[index].Errno, _commands[index].KernelText);

    internal void AddAddress(in AddressSpec address) => Append(RouteOperation.AddAddress, in address, default);

    internal void RemoveAddress(in AddressSpec address) => Append(RouteOperation.RemoveAddress, in address, default);

    internal void AddRoute(in RouteSpec route) => Append(RouteOperation.AddRoute, default, in route);

    internal void RemoveRoute(in RouteSpec route) => Append(RouteOperation.RemoveRoute, default, in route);

    internal void Clear() => _commands.Clear();

    /// <summary>What command number <paramref name="index"/> tries, for messages: <c>add 192.0.2.1/24 interface 3</c>.</summary>
    internal string Describe(int index)
    {
        Command command = _commands[index];
        return command.Operation switch
        {
            RouteOperation.AddAddress => $"add {command.Address}",
            RouteOperation.RemoveAddress => $"remove {command.Address}",
            RouteOperation.AddRoute => $"add route {command.Route}",
            _ => $"remove route {command.Route}",
        };
    }

    /// <summary>Why command number <paramref name="index"/> failed, in one line; null when it did not.</summary>
    internal string? ExplainFailure(int index) => this[index] is { Outcome: RouteOutcome.Failed } failure
        ? NetlinkException.Compose(failure.Errno, failure.KernelText, Describe(index))
        : null;

    internal void Write(int index, ref NetlinkWriter writer, bool withOrigin, uint sequence)
    {
        ref Command command = ref At(index);
        switch (command.Operation)
        {
            case RouteOperation.AddAddress or RouteOperation.RemoveAddress:
                bool add = command.Operation == RouteOperation.AddAddress;
                RouteMessages.WriteAddress(ref writer, in command.Address, add, withOrigin, sequence);
                break;
            default:
                RouteMessages.WriteRoute(ref writer, in command.Route, command.Operation == RouteOperation.AddRoute, sequence);
                break;
        }
    }

    internal void SetResult(int index, int errno, string? kernelText)
    {
        ref Command command = ref At(index);
        command.Errno = errno;
        command.KernelText = kernelText;
    }

    private ref Command At(int index) => ref CollectionsMarshal.AsSpan(_commands)[index];

    private void Append(RouteOperation operation, in AddressSpec address, in RouteSpec route) =>
        _commands.Add(new Command { Operation = operation, Address = address, Route = route, Errno = Errno.ETIMEDOUT });

    private struct Command
    {
        internal RouteOperation Operation;
        internal AddressSpec Address;
        internal RouteSpec Route;
        internal int Errno;
        internal string? KernelText;
    }
}
