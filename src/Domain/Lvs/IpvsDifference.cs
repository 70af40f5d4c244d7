using System.Collections.Immutable;

namespace Keepalived.Es.Domain.Lvs;

/// <summary>What leads from one IPVS table to another without a connection lost that need not be.</summary>
public static class IpvsDifference
{
    /// <summary>
    /// The commands, in the order in which they must be given: services and destinations are added and set before others are removed, so
    /// that there is always somewhere to go, and what only changes is set in place.
    /// </summary>
    /// <param name="current">What the kernel holds, also of others.</param>
    /// <param name="wanted">What our services shall be.</param>
    /// <param name="owned">
    /// Services that are ours and go when they are not wanted. Those that are wanted are ours as well; all others stay as they are.
    /// </param>
    /// <returns>Empty when nothing differs.</returns>
    public static ImmutableArray<IpvsCommand> Between(IpvsTable current, IpvsTable wanted, IReadOnlySet<ServiceKey> owned)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(owned);
        ImmutableArray<IpvsCommand>.Builder commands = ImmutableArray.CreateBuilder<IpvsCommand>();
        foreach ((ServiceKey key, IpvsTableService service) in wanted.Services)
        {
            AddOrSet(commands, key, current.Services.GetValueOrDefault(key), service);
        }

        foreach ((ServiceKey key, IpvsTableService service) in current.Services)
        {
            if (wanted.Services.TryGetValue(key, out IpvsTableService? stays))
            {
                RemoveDestinations(commands, key, service, stays);
            }
            else if (owned.Contains(key))
            {
                commands.Add(new IpvsCommand.RemoveService(key));
            }
        }

        return commands.ToImmutable();
    }

    /// <summary>The table after one command, as a kernel would have it that takes every command.</summary>
    /// <exception cref="KeyNotFoundException">The command is about a destination of a service that is not there.</exception>
    public static IpvsTable Apply(IpvsTable table, IpvsCommand command)
    {
        ArgumentNullException.ThrowIfNull(table);
        return command switch
        {
            IpvsCommand.AddService add => table.WithService(add.Key, add.Options),
            IpvsCommand.SetService set => table.WithService(set.Key, set.Options),
            IpvsCommand.RemoveService remove => table.WithoutService(remove.Key),
            IpvsCommand.AddDestination add => table.WithDestination(add.Of, add.Key, add.Options),
            IpvsCommand.SetDestination set => table.WithDestination(set.Of, set.Key, set.Options),
            IpvsCommand.RemoveDestination remove => table.WithoutDestination(remove.Of, remove.Key),
            _ => table,
        };
    }

    private static void AddOrSet(
        ImmutableArray<IpvsCommand>.Builder commands, ServiceKey key, IpvsTableService? current, IpvsTableService wanted)
    {
        if (current is null)
        {
            commands.Add(new IpvsCommand.AddService(key, wanted.Options));
        }
        else if (current.Options != wanted.Options)
        {
            commands.Add(new IpvsCommand.SetService(key, wanted.Options));
        }

        foreach ((DestinationKey destination, DestinationOptions options) in wanted.Destinations)
        {
            DestinationOptions? present = current?.Destinations.GetValueOrDefault(destination);
            if (present is null)
            {
                commands.Add(new IpvsCommand.AddDestination(key, destination, options));
            }
            else if (present != options)
            {
                commands.Add(new IpvsCommand.SetDestination(key, destination, options));
            }
        }
    }

    private static void RemoveDestinations(
        ImmutableArray<IpvsCommand>.Builder commands, ServiceKey key, IpvsTableService current, IpvsTableService wanted)
    {
        foreach (DestinationKey destination in current.Destinations.Keys)
        {
            if (!wanted.Destinations.ContainsKey(destination))
            {
                commands.Add(new IpvsCommand.RemoveDestination(key, destination));
            }
        }
    }
}
