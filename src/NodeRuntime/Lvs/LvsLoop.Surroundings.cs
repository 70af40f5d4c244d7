using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using Keepalived.Es.NodeRuntime.Linux.Scheduling;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <content>What surrounds the table: addresses that come and go, the thread's scheduling, marks of groups, the sync daemon.</content>
internal sealed partial class LvsLoop
{
    private static readonly TimeSpan NftLimit = TimeSpan.FromSeconds(10);

    private readonly HashSet<string> _local = new(StringComparer.Ordinal);
    private RouteMonitor? _monitor;

    private void WatchAddresses()
    {
        if (_monitor is not null || !_settings.VirtualServers.Any(server => server.HaSuspend))
        {
            return;
        }

        _monitor = new RouteMonitor();
        _thread.Add(_monitor.Descriptor, MonitorToken);
        ReadLocalAddresses();
    }

    private void ReadLocalAddresses()
    {
        using var kernel = new RouteSocket();
        _local.Clear();
        foreach (AddressInfo address in kernel.DumpAddresses())
        {
            _local.Add(address.Address.ToString());
        }
    }

    private void ReadAddressChanges(TimeSpan now)
    {
        bool changed = false;
        while (_monitor!.TryRead(out RouteChange _))
        {
            changed = true;
        }

        if (changed)
        {
            ReadLocalAddresses();
            FindSuspended(now);
        }
    }

    private void FindSuspended(TimeSpan now)
    {
        foreach (VirtualServerRuntime server in _servers.Where(server => server.Settings.HaSuspend))
        {
            bool isHere = _local.Contains(server.Settings.Services[0].Address.ToString());
            if (server.IsSuspended == !isHere)
            {
                continue;
            }

            server.IsSuspended = !isHere;
            foreach (CheckRuntime check in server.AllChecks.Where(check => check.Probe is not null))
            {
                Log.CheckSuspended(server.NameOf(check.Server), server.Name, !isHere);
                Step(check, isHere ? CheckInputKind.Resumed : CheckInputKind.Suspended, now);
            }
        }
    }

    private void ApplyScheduling(SchedulingSettings scheduling)
    {
        var options = new SchedulingOptions
        {
            Nice = scheduling.Nice,
            RealTimePriority = scheduling.RealTimePriority,
            RealTimeLimitUs = scheduling.RealTimeLimitMicroseconds,
            Processors = scheduling.Processors,
            NoSwap = scheduling.NoSwap,
        };
        foreach (SetupProblem problem in SchedulingSetup.Apply(options))
        {
            Log.Degraded(problem.Subject.Replace("vrrp_", "checker_", StringComparison.Ordinal), problem.Problem, problem.Remedy);
            Record(new Degraded(_node, problem.Subject.Replace("vrrp_", "checker_", StringComparison.Ordinal), problem.Problem, problem.Remedy));
        }
    }

    private void MarkGroups(LvsSettings settings)
    {
        if (settings.FirewallMarks is { } marks)
        {
            RunNft(FirewallMarkPlan.Script(settings.VirtualServers, marks));
        }
    }

    /// <summary>nft(8) changes all or nothing. A refusal is said; the services are there, and their marks are not.</summary>
    private void RunNft(string script)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, script);
            var run = new ShellTrackRun("nftables_ipvs", new HookScript("nftables_ipvs", ["nft", "-f", file], null, null), NftLimit);
            TrackResult result = _mediator.Send(run).GetAwaiter().GetResult();
            if (result.Kind != TrackResultKind.Succeeded)
            {
                string problem = $"nft: {result.Detail ?? result.Output.Trim()}";
                const string Remedy = "install nftables and see its message: packets to the addresses of groups are not marked, and so not balanced";
                Log.Degraded("nftables_ipvs", problem, Remedy);
                Record(new Degraded(_node, "nftables_ipvs", problem, Remedy));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }

    private void FollowInstance(bool isMaster)
    {
        if (_settings.SyncDaemon is not { Instance: not null } daemon)
        {
            return;
        }

        (IpvsDaemonRole from, IpvsDaemonRole to) = isMaster ? (IpvsDaemonRole.Backup, IpvsDaemonRole.Master) : (IpvsDaemonRole.Master, IpvsDaemonRole.Backup);
        Try("lvs_sync_daemon", () => _kernel.StopDaemon(from));
        StartDaemon(daemon, to);
    }

    private void StartDaemon(SyncDaemonSettings daemon, IpvsDaemonRole role) => Report(daemon, role == IpvsDaemonRole.Master ? "master" : "backup", () => _kernel.StartDaemon(role, daemon));

    private void StopDaemon(SyncDaemonSettings daemon, IpvsDaemonRole role) => Report(daemon, "stopped", () => _kernel.StopDaemon(role));

    private void Report(SyncDaemonSettings daemon, string state, Action act)
    {
        if (_kernel.IsThere)
        {
            string? error = Try("lvs_sync_daemon", act);
            Record(new SyncDaemonChanged(_node, daemon.Interface, state, daemon.Id, error));
        }
    }
}
