using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using static Keepalived.Es.NodeRuntime.Linux.Ipvs.IpvsConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>Changes of the IPVS table that go to the kernel together, in order. Used by one thread; kept and refilled.</summary>
internal sealed class IpvsBatch
{
    private readonly List<Command> _commands = [];

    internal int Count => _commands.Count;

    /// <summary>The answer to command number <paramref name="index"/>, after <see cref="IpvsSocket.Execute"/>.</summary>
    internal IpvsResult this[int index] => new(_commands[index].Operation, _commands[index].Errno, _commands[index].KernelText);

    internal void Clear() => _commands.Clear();

    internal void AddService(in ServiceKey service, ServiceOptions options) =>
        Append(new Command { Operation = IpvsOperation.AddService, Service = service, ServiceOptions = options });

    internal void SetService(in ServiceKey service, ServiceOptions options) =>
        Append(new Command { Operation = IpvsOperation.SetService, Service = service, ServiceOptions = options });

    /// <summary>Its destinations and their connections go with it.</summary>
    internal void RemoveService(in ServiceKey service) =>
        Append(new Command { Operation = IpvsOperation.RemoveService, Service = service });

    internal void AddDestination(in ServiceKey service, in DestinationKey destination, DestinationOptions options) => Append(new Command
    {
        Operation = IpvsOperation.AddDestination,
        Service = service,
        Destination = destination,
        DestinationOptions = options,
    });

    internal void SetDestination(in ServiceKey service, in DestinationKey destination, DestinationOptions options) => Append(new Command
    {
        Operation = IpvsOperation.SetDestination,
        Service = service,
        Destination = destination,
        DestinationOptions = options,
    });

    internal void RemoveDestination(in ServiceKey service, in DestinationKey destination) =>
        Append(new Command { Operation = IpvsOperation.RemoveDestination, Service = service, Destination = destination });

    /// <summary>Appends a command of <see cref="IpvsDifference"/>.</summary>
    internal void Add(IpvsCommand command)
    {
        switch (command)
        {
            case IpvsCommand.AddService add:
                AddService(add.Key, add.Options);
                break;
            case IpvsCommand.SetService set:
                SetService(set.Key, set.Options);
                break;
            case IpvsCommand.RemoveService remove:
                RemoveService(remove.Key);
                break;
            case IpvsCommand.AddDestination add:
                AddDestination(add.Of, add.Key, add.Options);
                break;
            case IpvsCommand.SetDestination set:
                SetDestination(set.Of, set.Key, set.Options);
                break;
            case IpvsCommand.RemoveDestination remove:
                RemoveDestination(remove.Of, remove.Key);
                break;
        }
    }

    /// <summary>
    /// What command number <paramref name="index"/> tries, for messages:
    /// <c>add destination [10.0.0.1]:80 of service [192.0.2.1]:tcp:80</c>.
    /// </summary>
    internal string Describe(int index)
    {
        Command command = _commands[index];
        return command.Operation switch
        {
            IpvsOperation.AddService => $"add service {command.Service} with scheduler {Names(command.ServiceOptions!)}",
            IpvsOperation.SetService => $"set service {command.Service} to scheduler {Names(command.ServiceOptions!)}",
            IpvsOperation.RemoveService => $"remove service {command.Service}",
            IpvsOperation.AddDestination => $"add destination {command.Destination} of service {command.Service}",
            IpvsOperation.SetDestination => $"set destination {command.Destination} of service {command.Service}",
            _ => $"remove destination {command.Destination} of service {command.Service}",
        };
    }

    /// <summary>Why command number <paramref name="index"/> failed, in one line; null when it did not.</summary>
    internal string? ExplainFailure(int index) => this[index] is { Outcome: IpvsOutcome.Failed } failure
        ? NetlinkException.Compose(failure.Errno, failure.KernelText ?? failure.Meaning, Describe(index))
        : null;

    /// <param name="flags">NLM_F_REQUEST and what goes with it.</param>
    internal void Write(int index, ref NetlinkWriter writer, ushort family, ushort flags, uint sequence)
    {
        ref Command command = ref At(index);
        var request = new IpvsRequest(family, NumberOf(command.Operation), flags, sequence);
        switch (command.Operation)
        {
            case IpvsOperation.AddService or IpvsOperation.SetService:
                IpvsMessages.WriteService(ref writer, in request, in command.Service, command.ServiceOptions!);
                break;
            case IpvsOperation.RemoveService:
                IpvsMessages.WriteServiceKey(ref writer, in request, in command.Service);
                break;
            default:
                IpvsMessages.WriteDestination(
                    ref writer, in request, in command.Service, in command.Destination, command.DestinationOptions);
                break;
        }
    }

    internal void SetResult(int index, int errno, string? kernelText)
    {
        ref Command command = ref At(index);
        command.Errno = errno;
        command.KernelText = kernelText;
    }

    private static string Names(ServiceOptions options) =>
        options.PersistenceEngine is { } engine ? $"{options.Scheduler} and persistence engine {engine}" : options.Scheduler;

    private static byte NumberOf(IpvsOperation operation) => operation switch
    {
        IpvsOperation.AddService => IPVS_CMD_NEW_SERVICE,
        IpvsOperation.SetService => IPVS_CMD_SET_SERVICE,
        IpvsOperation.RemoveService => IPVS_CMD_DEL_SERVICE,
        IpvsOperation.AddDestination => IPVS_CMD_NEW_DEST,
        IpvsOperation.SetDestination => IPVS_CMD_SET_DEST,
        _ => IPVS_CMD_DEL_DEST,
    };

    private ref Command At(int index) => ref CollectionsMarshal.AsSpan(_commands)[index];

    private void Append(in Command command)
    {
        _commands.Add(command);
        SetResult(_commands.Count - 1, Errno.ETIMEDOUT, null);
    }

    private struct Command
    {
        internal IpvsOperation Operation;
        internal ServiceKey Service;
        internal ServiceOptions? ServiceOptions;
        internal DestinationKey Destination;
        internal DestinationOptions? DestinationOptions;
        internal int Errno;
        internal string? KernelText;
    }
}
