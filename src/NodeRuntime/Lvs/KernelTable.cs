using System.Collections.Frozen;
using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>The kernel's side of the loop: gathers what follows from effects and executes it in few system calls. Without IPVS it takes everything and does nothing.</summary>
internal sealed class KernelTable(IpvsSocket? socket) : IDisposable
{
    private readonly IpvsBatch _batch = new();
    private readonly List<(VirtualServerRuntime Server, string Change)> _about = [];

    /// <summary>The kernel has IPVS, and we may use it.</summary>
    internal bool IsThere => socket is not null;

    /// <summary>Changes that wait.</summary>
    internal int Waiting => _batch.Count;

    /// <summary>Takes an effect; one that is not the kernel's business is passed over.</summary>
    internal void Add(VirtualServerRuntime owner, in VirtualServerEffect effect)
    {
        if (!IsThere)
        {
            return;
        }

        foreach (ServiceKey service in owner.Settings.Services)
        {
            switch (effect.Kind)
            {
                case VirtualServerEffectKind.AddServices:
                    _batch.AddService(service, owner.Settings.Options);
                    break;
                case VirtualServerEffectKind.RemoveServices:
                    _batch.RemoveService(service);
                    break;
                case VirtualServerEffectKind.AddDestination or VirtualServerEffectKind.SetDestination or VirtualServerEffectKind.RemoveDestination:
                    RealServerSettings server = owner.Settings.RealServers[effect.Server];
                    Add(in service, effect, VirtualServerRuntime.KeyIn(in service, server.Key, server.Forwarding), VirtualServerRuntime.OptionsOf(server, effect.Weight));
                    break;
                case VirtualServerEffectKind.AddSorry or VirtualServerEffectKind.SetSorry or VirtualServerEffectKind.RemoveSorry:
                    SorryServerSettings sorry = owner.Settings.SorryServer!;
                    Add(in service, effect, VirtualServerRuntime.KeyIn(in service, sorry.Key, sorry.Forwarding), new DestinationOptions(sorry.Forwarding, effect.Weight));
                    break;
                default:
                    return;
            }

            _about.Add((owner, TextOf(owner, in effect)));
        }
    }

    /// <summary>Executes what waits.</summary>
    /// <param name="report">Told of each change, with the kernel's words where it refused.</param>
    internal void Flush(Action<VirtualServerRuntime, string, string?> report)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        socket!.Execute(_batch);
        for (int i = 0; i < _batch.Count; i++)
        {
            report(_about[i].Server, _about[i].Change, _batch.ExplainFailure(i));
        }

        _batch.Clear();
        _about.Clear();
    }

    /// <summary>Reads the whole table and makes it what it shall be, by difference. Services that are not wanted stay: they are others'.</summary>
    /// <param name="report">Told of each command, and the kernel's words where it refused.</param>
    internal void Put(IpvsTable wanted, Action<IpvsCommand, string?> report)
    {
        if (socket is not null)
        {
            Execute(IpvsDifference.Between(IpvsService.TableOf(socket.Dump()), wanted, FrozenSet<ServiceKey>.Empty), report);
        }
    }

    /// <summary>Reads some services only, and makes them what they shall be, by difference.</summary>
    /// <param name="services">Ours; one that is not wanted goes.</param>
    /// <param name="report">Told of each command, and the kernel's words where it refused.</param>
    /// <param name="twice">Only what a second look finds too: a dump of a table that changes meanwhile may miss something.</param>
    internal void PutServices(HashSet<ServiceKey> services, IpvsTable wanted, Action<IpvsCommand, string?> report, bool twice = false)
    {
        if (socket is null || services.Count == 0)
        {
            return;
        }

        ImmutableArray<IpvsCommand> commands = IpvsDifference.Between(IpvsService.TableOf(socket.Read(services)), wanted, services);
        if (twice && !commands.IsEmpty)
        {
            HashSet<IpvsCommand> first = [.. commands];
            commands = [.. IpvsDifference.Between(IpvsService.TableOf(socket.Read(services)), wanted, services).Where(first.Contains)];
        }

        Execute(commands, report);
    }

    private void Execute(ImmutableArray<IpvsCommand> commands, Action<IpvsCommand, string?> report)
    {
        var batch = new IpvsBatch();
        foreach (IpvsCommand command in commands)
        {
            batch.Add(command);
        }

        socket!.Execute(batch);
        for (int i = 0; i < batch.Count; i++)
        {
            report(commands[i], batch.ExplainFailure(i));
        }
    }

    /// <summary>Removes every service, also those of others.</summary>
    internal void Empty() => socket?.Flush();

    internal void SetTimeouts(LvsTimeouts timeouts) => socket?.SetTimeouts(timeouts);

    internal void StartDaemon(IpvsDaemonRole role, SyncDaemonSettings settings) => socket?.StartDaemon(role, settings);

    internal void StopDaemon(IpvsDaemonRole role) => socket?.StopDaemon(role);

    public void Dispose() => socket?.Dispose();

    private void Add(in ServiceKey service, in VirtualServerEffect effect, DestinationKey key, DestinationOptions options)
    {
        switch (effect.Kind)
        {
            case VirtualServerEffectKind.AddDestination or VirtualServerEffectKind.AddSorry:
                _batch.AddDestination(service, key, options);
                break;
            case VirtualServerEffectKind.SetDestination or VirtualServerEffectKind.SetSorry:
                _batch.SetDestination(service, key, options);
                break;
            default:
                _batch.RemoveDestination(service, key);
                break;
        }
    }

    private static string TextOf(VirtualServerRuntime owner, in VirtualServerEffect effect)
    {
        string what = effect.Server >= 0 ? owner.Settings.RealServers[effect.Server].Key.ToString() : $"sorry server {owner.Settings.SorryServer?.Key}";
        return effect.Kind switch
        {
            VirtualServerEffectKind.AddServices => "service added",
            VirtualServerEffectKind.RemoveServices => "service removed",
            VirtualServerEffectKind.AddDestination or VirtualServerEffectKind.AddSorry => $"{what} added with weight {effect.Weight}",
            VirtualServerEffectKind.SetDestination or VirtualServerEffectKind.SetSorry => $"{what} set to weight {effect.Weight}",
            _ => $"{what} removed",
        };
    }
}
