using System.Collections.Concurrent;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Reload;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <content>
/// A new configuration, on the loop's thread and between two of its turns: what is in both goes on. <see cref="ConfigDifference"/> has decided who is who, the machines
/// decide what each does about it.
/// </content>
internal sealed partial class VrrpLoop
{
    private readonly ConcurrentQueue<Reload> _reloads = new();

    /// <summary>Token of the reload that is being applied; 0: none is.</summary>
    private long _reload;

    private sealed record Reload(KeepalivedConfig Config, ConfigDifference Difference, ConfigurationLoaded Loaded, TaskCompletionSource<long> Applied);

    /// <summary>Puts a new configuration in force. From any thread.</summary>
    /// <param name="config">Checked.</param>
    /// <param name="difference">From the one in force to it.</param>
    /// <param name="loaded">Recorded first: what follows names it as its cause.</param>
    /// <returns>Once it is in force: the token of <paramref name="loaded"/>.</returns>
    internal Task<long> ReloadAsync(KeepalivedConfig config, ConfigDifference difference, ConfigurationLoaded loaded)
    {
        var reload = new Reload(config, difference, loaded, new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
        _reloads.Enqueue(reload);
        _thread.Wake();
        return reload.Applied.Task;
    }

    private void TakeReloads()
    {
        while (_reloads.TryDequeue(out Reload? reload))
        {
            FlushSends();
            (_reload, _cause) = (_nextToken, _nextToken);
            Record(reload.Loaded, token: _nextToken++);
            Apply(reload);
            long token = _reload;
            (_reload, _cause) = (0, 0);
            reload.Applied.SetResult(token);
        }
    }

    private void Apply(Reload reload)
    {
        (KeepalivedConfig config, ConfigDifference difference, _, _) = reload;
        (KeepalivedConfig formerConfig, InstanceRuntime[] former, SyncGroupRuntime[] formerGroups, Dictionary<string, ScriptRuntime> formerScripts) =
            (_config, _instances, _groups, _scripts);
        InstanceRuntime[] renewed =
        [
            .. config.Instances.Select((settings, i) => difference.Former[i] is >= 0 and var old ? new InstanceRuntime(i, settings, former[old]) : new InstanceRuntime(i, settings)),
        ];
        HandOver(former, renewed);
        foreach (int gone in difference.Removed)
        {
            End(former[gone]);
        }

        foreach (InstanceRuntime instance in renewed)
        {
            if (instance.Former is { } old)
            {
                Remove(instance, [.. old.Addresses.Where(address => address.IsHeld)]);
            }
        }

        (_config, _instances, _virtualAddresses, _deadlines) = (config, renewed, AddressesOf(renewed), new DeadlineHeap(renewed.Length));
        MoveSockets(renewed);
        _groups = GroupsOf(config, renewed);
        foreach (SyncGroupRuntime group in _groups)
        {
            SyncGroupRuntime? same = Array.Find(formerGroups, other => other.Settings.Name == group.Settings.Name);
            group.NotifiedPhase = same?.NotifiedPhase ?? group.Members[0].State.Phase;     // nobody is told of a state that its members have had
        }

        _scripts = ScriptsOf(config, renewed);
        CarryResults(difference, formerConfig, formerScripts);
        CatchUp();
        ReloadStatics(formerConfig);
        ReloadScheduling(formerConfig);
        ResumeAll();
    }

    /// <summary>An address that goes from one Master to another is the same object for the kernel: it changes hands, and is never away.</summary>
    private static void HandOver(InstanceRuntime[] former, InstanceRuntime[] renewed)
    {
        HeldAddress[] given = [.. former.SelectMany(instance => instance.Addresses).Where(address => address.IsHeld)];
        foreach (HeldAddress wanted in renewed.Where(instance => instance.State.Phase == VrrpPhase.Master).SelectMany(instance => instance.Addresses))
        {
            if (!wanted.IsHeld && Array.Find(given, address => address.IsHeld && address.Key == wanted.Key) is { } found)
            {
                wanted.TakeOver(found);
            }
        }
    }

    /// <summary>An instance that is no more: it resigns and lets go, and says so to nobody but the handlers.</summary>
    private void End(InstanceRuntime instance)
    {
        instance.Group = null;
        Log.InstanceRemoved(instance.Name);
        Feed(instance, new VrrpInput(VrrpInputKind.Removed), MonotonicClock.Now);
        CloseSockets(instance);
    }

    private static void MoveSockets(InstanceRuntime[] renewed)
    {
        foreach (InstanceRuntime instance in renewed)
        {
            if (instance.Former is { Sockets: { } pair } old)
            {
                pair.Add(instance);
                pair.Remove(old);
                (instance.Sockets, old.Sockets) = (pair, null);
            }
        }
    }

    private void CarryResults(ConfigDifference difference, KeepalivedConfig formerConfig, Dictionary<string, ScriptRuntime> formerScripts)
    {
        for (int i = 0; i < _config.Scripts.Length; i++)
        {
            if (difference.FormerScripts[i] is not (>= 0 and var old))
            {
                continue;
            }

            VrrpScriptSettings settings = _config.Scripts[i];
            ScriptRuntime former = formerScripts[formerConfig.Scripts[old].Name];
            bool sameCounts = (former.Settings.Rise, former.Settings.Fall) == (settings.Rise, settings.Fall);
            ScriptRuntime script = _scripts[settings.Name];
            (script.State, script.Weight) = (ScriptTracker.Carry(settings.Rise, settings.Fall, former.State, sameCounts), former.Weight);
            if (script.State.Status != TrackStatus.Unknown)
            {
                Log.TrackScriptCarried(settings.Name, script.State.Status == TrackStatus.Up);
            }
        }
    }

    /// <summary>Takes in what the removals have changed, so that nothing is taken for a left-over of somebody else; what somebody has removed meanwhile is put back with the rest.</summary>
    private void CatchUp()
    {
        while (_monitor.TryRead(out RouteChange change))
        {
            if (!_links.Apply(in change))
            {
                _links.Reset(_kernel.DumpLinks(), _kernel.DumpAddresses());
            }
        }

        foreach (InstanceRuntime instance in _instances)
        {
            foreach (HeldAddress address in instance.Addresses.Where(address => address.IsHeld && !_links.Holds(address.InterfaceIndex, address.Entry.Address)))
            {
                address.IsHeld = false;
                Log.AddressLost(instance.Name, address.Entry.ToString(), address.Device);
                Record(new AddressLost(_node, instance.Name, address.Entry.ToString(), address.Device));
            }
        }
    }

    /// <summary>Entries that are in both are not touched.</summary>
    private void ReloadStatics(KeepalivedConfig former)
    {
        HashSet<AddressKey> before = [.. former.StaticAddresses.Select(entry => AddressKey.Of(entry, former.Global.DefaultInterface))];
        HashSet<AddressKey> after = [.. _config.StaticAddresses.Select(entry => AddressKey.Of(entry, _config.Global.DefaultInterface))];
        HashSet<RouteEntry> routesBefore = [.. former.StaticRoutes.Select(WithoutPlace)];
        HashSet<RouteEntry> routesAfter = [.. _config.StaticRoutes.Select(WithoutPlace)];
        _routes.Clear();
        foreach (RouteEntry entry in routesBefore.Except(routesAfter))
        {
            _routes.RemoveRoute(Spec(entry));
        }

        foreach (AddressEntry entry in former.StaticAddresses.Where(entry => !after.Contains(AddressKey.Of(entry, former.Global.DefaultInterface))))
        {
            _routes.RemoveAddress(Spec(entry, IndexOf(entry.Device ?? former.Global.DefaultInterface)));
        }

        foreach (AddressEntry entry in _config.StaticAddresses.Where(entry => !before.Contains(AddressKey.Of(entry, _config.Global.DefaultInterface))))
        {
            _routes.AddAddress(Spec(entry, IndexOf(entry.Device)));
        }

        foreach (RouteEntry entry in routesAfter.Except(routesBefore))
        {
            _routes.AddRoute(Spec(entry));
        }

        ExecuteStatics();
    }

    private static RouteEntry WithoutPlace(RouteEntry entry) => entry with { Span = default };

    private void ReloadScheduling(KeepalivedConfig former)
    {
        (GlobalSettings before, GlobalSettings after) = (former.Global, _config.Global);
        if ((before.ProcessPriority, before.RealTimePriority, before.RealTimeLimitMicroseconds, before.NoSwap)
            != (after.ProcessPriority, after.RealTimePriority, after.RealTimeLimitMicroseconds, after.NoSwap)
            || !before.CpuAffinity.SequenceEqual(after.CpuAffinity))
        {
            ApplyScheduling();
        }
    }

    /// <summary>First what goes on, Masters before the others: each advertises at once. Then what is new, as at the start.</summary>
    private void ResumeAll()
    {
        var sources = new RouterAddress[_instances.Length];
        foreach (InstanceRuntime instance in _instances)
        {
            (instance.OwnFaults, sources[instance.Index]) = Environment(instance);
        }

        foreach (InstanceRuntime instance in _instances.OrderByDescending(instance => instance.Former is null ? -1 : instance.State.Phase == VrrpPhase.Master ? 1 : 0))
        {
            ReportConfigured(instance, sources[instance.Index]);
            TimeSpan now = MonotonicClock.Now;
            if (instance.Former is { } former)
            {
                VrrpState state = instance.State;
                if (former.Name != instance.Name)
                {
                    Transitioned?.Invoke(instance.Name, state.Phase);
                }

                byte priority = EffectivePriority.Of(instance.Config, SumOf(instance).Weights);
                Feed(instance, VrrpInput.Reconfigured(
                    former.Config, instance.Config, in state, sources[instance.Index], FaultsOf(instance), priority, Array.Exists(instance.Addresses, address => address.IsNew)), now);
            }
            else
            {
                Feed(instance, VrrpInput.Startup(sources[instance.Index], FaultsOf(instance)), now);
            }
        }

        FlushSends();
        Array.ForEach(_groups, Settle);
        foreach (InstanceRuntime instance in _instances)
        {
            instance.Former = null;
            Array.ForEach(instance.Addresses, address => address.IsNew = false);
        }

        if (_config.Global.WriteStatesOnReload)
        {
            WriteStates();
        }
    }

    /// <summary>A group that a reload has put together, or changed, comes into one state.</summary>
    private void Settle(SyncGroupRuntime group)
    {
        VrrpState[] states = [.. group.Members.Select(member => member.State)];
        if (SyncGroupMachine.Settle(states, [.. group.Members.Select(member => member.Former is null)]) is { } kind)
        {
            foreach (InstanceRuntime member in group.Members.Where(member => member.State.Phase == VrrpPhase.Master))
            {
                Feed(member, new VrrpInput(kind), MonotonicClock.Now);
            }
        }

        NotifyGroup(group);
    }

    /// <summary><c>fifo_write_vrrp_states_on_reload</c>.</summary>
    private void WriteStates()
    {
        foreach (SyncGroupRuntime group in _groups.Where(group => group.NotifiedPhase != VrrpPhase.Initialize))
        {
            _notify.Publish(Notifications.OfGroupState(group));
        }

        foreach (InstanceRuntime instance in _instances.Where(instance => instance.State.Phase != VrrpPhase.Initialize))
        {
            _notify.Publish(Notifications.OfInstanceState(instance));
        }
    }

    private static SyncGroupRuntime[] GroupsOf(KeepalivedConfig config, IReadOnlyList<InstanceRuntime> instances)
    {
        var byName = instances.ToDictionary(instance => instance.Name, StringComparer.Ordinal);
        SyncGroupRuntime[] groups = [.. config.SyncGroups.Select(group => new SyncGroupRuntime(group, [.. group.Members.Select(name => byName[name])]))];
        foreach (SyncGroupRuntime group in groups)
        {
            Array.ForEach(group.Members, member => member.Group = group);
        }

        return groups;
    }

    private static RouterAddress[] AddressesOf(InstanceRuntime[] instances) =>
        [.. instances.SelectMany(instance => instance.Addresses).Select(address => address.Entry.Address).Distinct()];
}
