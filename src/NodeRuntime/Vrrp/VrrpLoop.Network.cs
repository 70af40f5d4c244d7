using System.ComponentModel;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using Keepalived.Es.NodeRuntime.Linux.Scheduling;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <content>What the kernel tells of links and addresses, and what follows for the instances.</content>
internal sealed partial class VrrpLoop
{
    private void ReadNetworkChanges(TimeSpan now)
    {
        bool changed = false;
        while (_monitor.TryRead(out RouteChange change))
        {
            changed = true;
            if (!_links.Apply(in change))
            {
                _links.Reset(_kernel.DumpLinks(), _kernel.DumpAddresses());
                FindLostAddresses(now);
                continue;
            }

            if (change.Kind is RouteChangeKind.AddressRemoved)
            {
                OnAddressRemoved(change.Address, now);
            }
        }

        if (changed)
        {
            RefreshEnvironments(now);
        }
    }

    private void OnAddressRemoved(AddressInfo removed, TimeSpan now)
    {
        foreach (InstanceRuntime instance in _instances)
        {
            foreach (HeldAddress address in instance.Addresses)
            {
                if (address.IsHeld && address.InterfaceIndex == removed.InterfaceIndex && address.Entry.Address == removed.Address
                    && address.Entry.PrefixLength == removed.PrefixLength)
                {
                    Lose(instance, address, now);
                }
            }
        }

        RestoreStatic(removed);
    }

    private void FindLostAddresses(TimeSpan now)
    {
        foreach (InstanceRuntime instance in _instances)
        {
            foreach (HeldAddress address in instance.Addresses)
            {
                if (address.IsHeld && !_links.Holds(address.InterfaceIndex, address.Entry.Address))
                {
                    Lose(instance, address, now);
                }
            }
        }
    }

    private void Lose(InstanceRuntime instance, HeldAddress address, TimeSpan now)
    {
        address.IsHeld = false;
        Log.AddressLost(instance.Name, address.Entry.ToString(), address.Device);
        Record(new AddressLost(_node, instance.Name, address.Entry.ToString(), address.Device));
        if (!address.Entry.NoTrack)
        {
            Feed(instance, new VrrpInput(VrrpInputKind.AddressLost), now);
        }
    }

    private void RefreshEnvironments(TimeSpan now)
    {
        foreach (InstanceRuntime instance in _instances)
        {
            FaultReasons before = instance.OwnFaults;
            (instance.OwnFaults, RouterAddress source) = Environment(instance);
            if (((before ^ instance.OwnFaults) & (FaultReasons.InterfaceDown | FaultReasons.InterfaceMissing)) != 0)
            {
                ReportLink(instance);
            }

            RefreshEnvironment(instance, source, now);
        }

        foreach (SyncGroupRuntime group in _groups)
        {
            Array.ForEach(group.Members, member => RefreshEnvironment(member, member.State.Source, now));
        }
    }

    private void RefreshEnvironment(InstanceRuntime instance, RouterAddress source, TimeSpan now)
    {
        FaultReasons faults = FaultsOf(instance);
        if (faults != instance.State.Faults || source != instance.State.Source)
        {
            Feed(instance, VrrpInput.Environment(source, faults), now);
        }
    }

    private static FaultReasons FaultsOf(InstanceRuntime instance)
    {
        if (instance.Group is not { } group)
        {
            return instance.OwnFaults;
        }

        Span<FaultReasons> own = stackalloc FaultReasons[group.Members.Length];
        for (int i = 0; i < own.Length; i++)
        {
            own[i] = group.Members[i].OwnFaults;
        }

        return SyncGroupMachine.FaultsOf(own, Array.IndexOf(group.Members, instance));
    }

    /// <summary>An instance's own fault reasons and the address that it sends from.</summary>
    private (FaultReasons Faults, RouterAddress Source) Environment(InstanceRuntime instance)
    {
        (FaultReasons faults, RouterAddress source) = NetworkEnvironment(instance);
        return (faults | SumOf(instance).Faults, source);
    }

    /// <summary>As the kernel has it now. Opens the instance's sockets when it can.</summary>
    private (FaultReasons Faults, RouterAddress Source) NetworkEnvironment(InstanceRuntime instance)
    {
        VrrpInstanceSettings settings = instance.Settings;
        FaultReasons faults = settings is { UnicastFaultNoPeer: true, UnicastPeers.IsEmpty: true } ? FaultReasons.NoPeer : FaultReasons.None;
        if (!_links.TryGet(settings.Interface, out LinkInfo link))
        {
            CloseSockets(instance);
            return (faults | FaultReasons.InterfaceMissing, RouterAddress.None);
        }

        if (!link.IsUp && !settings.DontTrackPrimary)
        {
            faults |= FaultReasons.InterfaceDown;
        }

        RouterAddress source = settings.SourceAddress == RouterAddress.None
            ? _links.PrimaryIPv4(link.Index, _virtualAddresses)
            : _links.Addresses.Any(held => held.Address == settings.SourceAddress) ? settings.SourceAddress : RouterAddress.None;
        if (source == RouterAddress.None || !OpenSockets(instance, link, source))
        {
            CloseSockets(instance);
            return (faults | FaultReasons.NoSourceAddress, RouterAddress.None);
        }

        return (faults, source);
    }

    private bool OpenSockets(InstanceRuntime instance, LinkInfo link, RouterAddress source)
    {
        VrrpInstanceSettings settings = instance.Settings;
        bool unicast = !settings.UnicastPeers.IsEmpty;
        var endpoint = new VrrpEndpoint(link.Name, link.Index, source, unicast ? RouterAddress.None : settings.MulticastGroup)
        {
            Ttl = unicast ? settings.UnicastTtl : (byte)255,
        };
        if (instance.Sockets is { } current)
        {
            if (current.Endpoint == endpoint)
            {
                return true;
            }

            CloseSockets(instance);
        }

        SocketPair? pair = _sockets.Find(candidate => candidate.Endpoint == endpoint);
        if (pair is null)
        {
            try
            {
                pair = new SocketPair(endpoint, _nextSocketToken++);
            }
            catch (Win32Exception e) when (_thread.HasStarted)
            {
                Log.SocketRefused(instance.Name, e.Message);     // at the start it ends the daemon, later the instance waits in FAULT
                return false;
            }

            _sockets.Add(pair);
            _thread.Add(pair.Receive.Descriptor, pair.Token);
        }

        pair.Add(instance);
        instance.Sockets = pair;
        return true;
    }

    private void CloseSockets(InstanceRuntime instance)
    {
        if (instance.Sockets is not { } pair)
        {
            return;
        }

        FlushSends();
        instance.Sockets = null;
        pair.Remove(instance);
        if (pair.Users == 0)
        {
            _thread.Remove(pair.Receive.Descriptor);
            _sockets.Remove(pair);
            pair.Dispose();
        }
    }

    private void AddStatics()
    {
        _routes.Clear();
        foreach (AddressEntry entry in _config.StaticAddresses)
        {
            _routes.AddAddress(Spec(entry, IndexOf(entry.Device)));
        }

        foreach (RouteEntry entry in _config.StaticRoutes)
        {
            _routes.AddRoute(Spec(entry));
        }

        ExecuteStatics();
    }

    private void RemoveStatics()
    {
        _routes.Clear();
        foreach (RouteEntry entry in _config.StaticRoutes)
        {
            _routes.RemoveRoute(Spec(entry));
        }

        foreach (AddressEntry entry in _config.StaticAddresses)
        {
            _routes.RemoveAddress(Spec(entry, IndexOf(entry.Device)));
        }

        ExecuteStatics();
    }

    private void RestoreStatic(AddressInfo removed)
    {
        foreach (AddressEntry entry in _config.StaticAddresses)
        {
            if (!_thread.IsStopping && entry.Address == removed.Address && IndexOf(entry.Device) == removed.InterfaceIndex)
            {
                _routes.Clear();
                _routes.AddAddress(Spec(entry, removed.InterfaceIndex));
                ExecuteStatics();
            }
        }
    }

    private void ExecuteStatics()
    {
        _kernel.Execute(_routes);
        for (int i = 0; i < _routes.Count; i++)
        {
            if (_routes.ExplainFailure(i) is { } problem)
            {
                Log.StaticRefused(problem);
                Record(new Degraded(_node, _routes.Describe(i), problem, "correct static_ipaddress or static_routes, or bring the interface up"));
            }
        }
    }

    private RouteSpec Spec(RouteEntry entry) => new(entry.Destination, entry.PrefixLength)
    {
        Gateway = entry.Gateway,
        InterfaceIndex = entry.Device is null ? 0 : IndexOf(entry.Device),
        Table = (int)entry.Table,
        Metric = entry.Metric == 0 ? null : entry.Metric,
        PreferredSource = entry.Source,
        Scope = entry.Scope,
        IsIPv6 = !entry.Destination.IsIPv4 || !entry.Gateway.IsIPv4,
    };

    private int IndexOf(string? device) => _links.TryGet(device ?? _config.Global.DefaultInterface, out LinkInfo link) ? link.Index : 0;

    private void ApplyScheduling()
    {
        GlobalSettings global = _config.Global;
        var options = new SchedulingOptions
        {
            Nice = global.ProcessPriority,
            RealTimePriority = global.RealTimePriority,
            RealTimeLimitUs = global.RealTimeLimitMicroseconds,
            Processors = global.CpuAffinity,
            NoSwap = global.NoSwap,
        };
        foreach (SetupProblem problem in SchedulingSetup.Apply(options))
        {
            Log.Degraded(problem.Subject, problem.Problem, problem.Remedy);
            Record(new Degraded(_node, problem.Subject, problem.Problem, problem.Remedy));
        }
    }
}
