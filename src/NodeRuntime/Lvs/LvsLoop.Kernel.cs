using System.ComponentModel;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <content>The kernel's table.</content>
internal sealed partial class LvsLoop
{
    /// <summary>Between two looks at one virtual server in the kernel's table, which come in turn. IPVS tells nobody when somebody else changes it.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    /// <summary>A larger table is looked at more rarely: looks must not take more than this share of the time.</summary>
    private const int LookShare = 200;

    private TimeSpan _nextLook = VrrpState.Never;
    private int _lookAt;

    /// <summary>Virtual servers that are looked at without a pause, after a reload.</summary>
    private int _lookSoon;

    /// <summary>Where there is no IPVS the servers are checked all the same, and it is said once.</summary>
    private KernelTable OpenKernel()
    {
        IpvsSocket? socket = OpenSocket(out string? problem);
        if (problem is not null)
        {
            const string Remedy = "servers are checked and notified all the same; mend it and restart";
            Log.NothingIsBalanced(problem, Remedy);
            Record(new Degraded(_node, "load balancing", problem, Remedy));
        }

        return new KernelTable(socket);
    }

    private IpvsSocket? OpenSocket(out string? problem)
    {
        if (_settings.Namespace is not { } name)
        {
            return IpvsSocket.TryOpen(out problem);
        }

        try
        {
            using var entered = new NetworkNamespaceScope(name);
            return IpvsSocket.TryOpen(out problem);
        }
        catch (Win32Exception e)
        {
            problem = $"net_namespace_ipvs {name}: {e.Message}";
            return null;
        }
    }

    private void StartServers(TimeSpan now)
    {
        MarkGroups(_settings);
        if (_settings.FlushAtStart)
        {
            Try("lvs_flush", () => _kernel.Empty());
        }

        Try("lvs_timeouts", () => SetTimeouts(_settings.Timeouts));
        foreach (VirtualServerRuntime server in _servers)
        {
            Start(server, now);
        }

        Try("the table of IPVS", () => _kernel.Put(IpvsTable.Of(_servers.SelectMany(server => server.Wanted())), ReportRefused));
        _nextLook = _kernel.IsThere && _servers.Length > 0 ? now + LookInterval : VrrpState.Never;
        if (_settings.SyncDaemon is { } daemon)
        {
            StartDaemon(daemon, IpvsDaemonRole.Backup);
            if (daemon.Instance is null)
            {
                StartDaemon(daemon, IpvsDaemonRole.Master);
            }
        }
    }

    /// <summary>What a start does to the kernel's table is left to the difference that follows: what is there already stays.</summary>
    private void Start(VirtualServerRuntime server, TimeSpan now)
    {
        _effects.Clear();
        server.State = VirtualServerMachine.Step(server.Settings, server.State, new VirtualServerInput(VirtualServerInputKind.Start), now, _effects);
        ReportConfigured(server);
        foreach (VirtualServerEffect effect in _effects.Where(effect => effect.Kind is VirtualServerEffectKind.QuorumGained or VirtualServerEffectKind.QuorumLost))
        {
            _told.Add(new Told(server, effect, 0, "the daemon starts", server.State));
        }

        if (_settings.InitialNotifies)
        {
            for (int i = 0; i < server.State.Servers.Length; i++)
            {
                if (server.State.Servers[i].IsAlive)
                {
                    Publish(_notifications.OfRealServer(server, i, isUp: true, "the daemon starts", 0, _settings.NoCheckerMails));
                }
            }
        }
    }

    private void StopServers(TimeSpan now)
    {
        foreach (VirtualServerRuntime server in _servers)
        {
            Stop(server, "the daemon stops", now);
        }

        if (!_keepKernel && _settings.FirewallMarks is { } marks)
        {
            RunNft(FirewallMarkPlan.Removal(marks));
        }

        if (_settings.FlushOnStop == FlushOnStop.All && !_keepKernel)
        {
            Try("lvs_flush_on_stop", () => _kernel.Empty());
        }

        if (_settings.SyncDaemon is { } daemon && !_keepKernel)
        {
            StopDaemon(daemon, IpvsDaemonRole.Master);
            StopDaemon(daemon, IpvsDaemonRole.Backup);
        }
    }

    private void Stop(VirtualServerRuntime server, string reason, TimeSpan now)
    {
        _effects.Clear();
        server.State = VirtualServerMachine.Step(server.Settings, server.State, new VirtualServerInput(VirtualServerInputKind.Stop), now, _effects);
        foreach (VirtualServerEffect effect in _effects)
        {
            bool isWhole = _settings.FlushOnStop != FlushOnStop.No && effect.Kind != VirtualServerEffectKind.RemoveServices;
            if (!_keepKernel && !isWhole && !_byDifference)
            {
                _kernel.Add(server, in effect);
            }

            _told.Add(new Told(server, effect, 0, reason, server.State));
        }

        Record(new VirtualServerRemoved(_node, server.Name, reason));
    }

    /// <summary>Makes some services what the states ask for: one that none asks for goes.</summary>
    private void PutServices(HashSet<ServiceKey> services)
    {
        var wanted = IpvsTable.Of(_servers.Where(server => services.Overlaps(server.Settings.Services)).SelectMany(server => server.Wanted()));
        Try("the table of IPVS", () => _kernel.PutServices(services, wanted, ReportRefused));
    }

    private void ReportRefused(IpvsCommand command, string? error)
    {
        if (error is not null)
        {
            Log.KernelRefused(error);
            Record(new PoolChanged(_node, OwnerOf(command.Service), TextOf(command), error));
        }
    }

    private string OwnerOf(ServiceKey service) => Array.Find(_servers, server => server.Settings.Services.Contains(service))?.Name ?? service.ToString();

    /// <summary>Executes what waits for the kernel, then tells everybody else.</summary>
    private void Settle(TimeSpan now)
    {
        if (_kernel.Waiting > 0)
        {
            _kernel.Flush((server, change, error) =>
            {
                if (error is not null)
                {
                    Log.KernelRefused(error);
                }

                Record(new PoolChanged(_node, server.Name, change, error));
            });
        }

        foreach (Told told in _told)
        {
            Tell(in told, now);
        }

        _told.Clear();
        if (_drainsChanged)
        {
            SaveDrains(now);
        }
    }

    /// <summary>All virtual servers are looked at as soon as there is time for it, one in each turn of the loop.</summary>
    private void LookSoon(TimeSpan now)
    {
        _lookSoon = _servers.Length;
        _nextLook = _kernel.IsThere && _servers.Length > 0 ? now : VrrpState.Never;
    }

    /// <summary>Finds what somebody else has changed of the virtual server whose turn it is, and puts it right.</summary>
    private void LookAfterKernel(TimeSpan now)
    {
        if (now < _nextLook)
        {
            return;
        }

        TimeSpan began = MonotonicClock.Now;
        _lookAt = (_lookAt + 1) % _servers.Length;
        VirtualServerRuntime server = _servers[_lookAt];
        List<string> found = [];
        Try("the table of IPVS", () => _kernel.PutServices([.. server.Settings.Services], IpvsTable.Of(server.Wanted()), (command, error) =>
            found.Add(FoundOf(command) + (error is null ? "" : $" ({error})")), twice: true));
        if (found.Count > 0)
        {
            Log.KernelCorrected(server.Name, found);
            Record(new PoolCorrected(_node, server.Name, found));
        }

        TimeSpan share = (MonotonicClock.Now - began) * LookShare;
        TimeSpan pause = LookInterval / _servers.Length;
        _nextLook = _lookSoon > 0 ? now : now + (share > pause ? share : pause);
        _lookSoon = Math.Max(0, _lookSoon - 1);
    }

    private void SetTimeouts(LvsTimeouts timeouts)
    {
        if (timeouts != new LvsTimeouts())
        {
            _kernel.SetTimeouts(timeouts);
        }
    }

    /// <returns>Why not; null: done.</returns>
    private string? Try(string subject, Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (Win32Exception e)
        {
            Log.Degraded(subject, e.Message, "see the kernel's words; the rest goes on");
            Record(new Degraded(_node, subject, e.Message, "see the kernel's words; the rest goes on"));
            return e.Message;
        }
    }

    private static string TextOf(IpvsCommand command) => command switch
    {
        IpvsCommand.AddService => "service added",
        IpvsCommand.SetService => "service changed",
        IpvsCommand.RemoveService => "service removed",
        IpvsCommand.AddDestination add => $"{add.Key} added with weight {add.Options.Weight}",
        IpvsCommand.SetDestination set => $"{set.Key} set to weight {set.Options.Weight}",
        IpvsCommand.RemoveDestination remove => $"{remove.Key} removed",
        _ => "",
    };

    private static string FoundOf(IpvsCommand command) => command switch
    {
        IpvsCommand.AddService => "the service was missing",
        IpvsCommand.SetService => "the service had other options",
        IpvsCommand.AddDestination add => $"{add.Key} was missing",
        IpvsCommand.SetDestination set => $"{set.Key} had another weight, method or threshold",
        IpvsCommand.RemoveDestination remove => $"{remove.Key} was there",
        _ => TextOf(command),
    };
}
