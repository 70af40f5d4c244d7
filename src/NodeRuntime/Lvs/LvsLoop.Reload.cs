using System.Collections.Immutable;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <content>A new configuration: what is the same in both goes on as if nothing had happened.</content>
internal sealed partial class LvsLoop
{
    private void Reload(LvsMessage.Reload reload, TimeSpan now)
    {
        _byDifference = true;
        _hasFifo = reload.HasFifo;
        try
        {
            reload.Changes.SetResult(Apply(reload.Settings, now));
        }
        catch (Exception e)                                      // the request's border; what was in force stays
        {
            reload.Changes.SetException(e);
        }

        _byDifference = false;
    }

    private List<string> Apply(LvsSettings settings, TimeSpan now)
    {
        List<string> changes = [];
        LvsSettings before = _settings;
        _settings = settings;
        var former = _servers.ToDictionary(server => server.Name, StringComparer.Ordinal);
        VirtualServerRuntime[] servers;
        try
        {
            servers = [.. settings.VirtualServers.Select(wanted => KeptOrRenewed(wanted, former.GetValueOrDefault(wanted.Name), now))];
        }
        catch
        {
            _settings = before;
            throw;
        }

        HashSet<VirtualServerRuntime> same = [.. servers.Intersect(_servers)];
        VirtualServerRuntime[] changed = [.. _servers.Where(old => !same.Contains(old)), .. servers.Where(server => !same.Contains(server))];
        HashSet<string> names = [.. settings.VirtualServers.Select(wanted => wanted.Name)];
        foreach (VirtualServerRuntime gone in _servers.Where(old => !names.Contains(old.Name)))
        {
            Retire(gone, now);
            changes.Add($"virtual server {gone.Name} removed");
        }

        CheckRuntime[] formerChecks = _checks;
        _servers = servers;
        Number();
        HashSet<CheckRuntime> kept = [.. _checks];
        foreach (CheckRuntime check in formerChecks.Where(check => !kept.Contains(check)))
        {
            Abandon(check);
            _slots.Remove(check);
            check.Dispose();
        }

        foreach (VirtualServerRuntime server in servers)
        {
            SetDeadlines(server);
            if (!same.Contains(server))
            {
                Resume(server, former.GetValueOrDefault(server.Name), changes, now);
            }
        }

        if (before.FirewallMarks is { } marks && settings.FirewallMarks is null)
        {
            RunNft(FirewallMarkPlan.Removal(marks));
        }

        MarkGroups(settings);
        PutServices([.. changed.SelectMany(server => server.Settings.Services)]);
        LookSoon(now);
        ReloadRest(before, settings);
        WatchAddresses();
        FindSuspended(now);
        Settle(now);
        return changes;
    }

    /// <summary>One that is the same in both goes on untouched.</summary>
    private VirtualServerRuntime KeptOrRenewed(VirtualServerSettings wanted, VirtualServerRuntime? former, TimeSpan now) =>
        former is not null && BalancingIdentity.IsSame(former.Settings, wanted) ? former : Renew(wanted, former, now);

    /// <summary>A virtual server with the states of the former one of its name: same real servers, same checks.</summary>
    private VirtualServerRuntime Renew(VirtualServerSettings wanted, VirtualServerRuntime? former, TimeSpan now)
    {
        var server = new VirtualServerRuntime(wanted) { IsSuspended = former?.IsSuspended ?? false };
        server.Checks = new CheckRuntime[wanted.RealServers.Length][];
        ImmutableArray<RealServerState>.Builder states = ImmutableArray.CreateBuilder<RealServerState>(wanted.RealServers.Length);
        for (int i = 0; i < wanted.RealServers.Length; i++)
        {
            RealServerSettings real = wanted.RealServers[i];
            int old = former is null ? -1 : IndexOf(former, real.Key);
            server.Checks[i] = RenewChecks(real, server, i, old < 0 ? [] : former!.Checks[old], now);
            int failed = server.Checks[i].Count(check => check.State.Status == CheckStatus.Down);
            states.Add(old < 0
                ? new RealServerState(failed, real.Weight)
                : former!.State.Servers[old] with
                {
                    FailedChecks = failed,
                    BaseWeight = former.Settings.RealServers[old].Weight == real.Weight ? former.State.Servers[old].BaseWeight : real.Weight,
                });
        }

        server.State = new VirtualServerState(states.ToImmutable(), former?.State.HasQuorum ?? false, former is not null);
        return server;
    }

    private CheckRuntime[] RenewChecks(RealServerSettings real, VirtualServerRuntime server, int index, IReadOnlyList<CheckRuntime> former, TimeSpan now)
    {
        List<CheckRuntime> left = [.. former];
        var checks = new CheckRuntime[real.Checks.Length];
        for (int i = 0; i < checks.Length; i++)
        {
            string identity = CheckIdentity.Of(real.Checks[i]);
            int found = left.FindIndex(check => CheckIdentity.Of(check.Settings) == identity);
            if (found >= 0)
            {
                checks[i] = left[found];
                left.RemoveAt(found);
                (checks[i].Owner, checks[i].Server) = (server, index);
            }
            else
            {
                checks[i] = MakeCheck(real.Checks[i], server, index);
                checks[i].State = CheckMachine.Initial(checks[i].Config, now, _random.NextDouble() * checks[i].Config.Timing.Warmup);
            }
        }

        return checks;
    }

    private static int IndexOf(VirtualServerRuntime server, DestinationKey key)
    {
        for (int i = 0; i < server.Settings.RealServers.Length; i++)
        {
            if (server.Settings.RealServers[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>After all have their numbers.</summary>
    private void SetDeadlines(VirtualServerRuntime server)
    {
        foreach (CheckRuntime check in server.AllChecks)
        {
            _deadlines.Set(check.Index, check.Probe is null ? CheckState.Never : check.State.Deadline);
        }

        SetDeadline(server);
    }

    /// <summary>New ones start, and the quorum of those that have changed is judged anew.</summary>
    private void Resume(VirtualServerRuntime server, VirtualServerRuntime? former, List<string> changes, TimeSpan now)
    {
        if (former is null)
        {
            Start(server, now);
            changes.Add($"virtual server {server.Name} added");
        }

        foreach (CheckRuntime check in server.AllChecks)
        {
            ApplySession(check, now);
        }

        for (int i = 0; i < server.Checks.Length; i++)
        {
            ApplyFiles(server, i, "reload", now);                // a FILE_CHECK may have come or gone
        }

        if (former is null)
        {
            return;
        }

        string[] differences = [.. Differences(former.Settings, server.Settings)];
        changes.AddRange(differences);
        Feed(server, new VirtualServerInput(VirtualServerInputKind.Reconsidered), 0, "reload", now);
        if (differences.Length > 0)
        {
            ReportConfigured(server);
        }

        TellRemoved(server, former);
    }

    private void TellRemoved(VirtualServerRuntime server, VirtualServerRuntime former)
    {
        for (int i = 0; i < former.Settings.RealServers.Length; i++)
        {
            if (IndexOf(server, former.Settings.RealServers[i].Key) < 0 && former.State.Servers[i].IsAlive)
            {
                _told.Add(new Told(former, new VirtualServerEffect(VirtualServerEffectKind.RealServerDown, i), 0, "removed by a reload", former.State));
            }
        }
    }

    private void Retire(VirtualServerRuntime server, TimeSpan now)
    {
        for (int i = 0; i < server.Settings.RealServers.Length && !server.Settings.Omega; i++)
        {
            if (server.State.Servers[i].IsAlive)
            {
                _told.Add(new Told(server, new VirtualServerEffect(VirtualServerEffectKind.RealServerDown, i), 0, "removed by a reload", server.State));
            }
        }

        Stop(server, "removed by a reload", now);
    }

    private void ReloadRest(LvsSettings before, LvsSettings after)
    {
        if (before.Timeouts != after.Timeouts)
        {
            Try("lvs_timeouts", () => SetTimeouts(after.Timeouts));
        }

        if (before.SyncDaemon is { } old && (after.SyncDaemon is not { } same || old with { Span = same.Span } != same))
        {
            StopDaemon(old, IpvsDaemonRole.Master);
            StopDaemon(old, IpvsDaemonRole.Backup);
            before = before with { SyncDaemon = null };
        }

        if (before.SyncDaemon is null && after.SyncDaemon is { } daemon)
        {
            StartDaemon(daemon, IpvsDaemonRole.Backup);
            if (daemon.Instance is null)
            {
                StartDaemon(daemon, IpvsDaemonRole.Master);
            }
        }
    }

    /// <summary>What a reload changes of one virtual server, in words.</summary>
    private static IEnumerable<string> Differences(VirtualServerSettings before, VirtualServerSettings after)
    {
        if (before.Options != after.Options || !before.Services.SequenceEqual(after.Services))
        {
            yield return $"virtual server {after.Name}: scheduler, persistence or services changed";
        }

        if ((before.Quorum, before.Hysteresis, before.SorryServer?.Key) != (after.Quorum, after.Hysteresis, after.SorryServer?.Key))
        {
            yield return $"virtual server {after.Name}: quorum or sorry server changed";
        }

        var known = before.RealServers.ToDictionary(server => server.Key);
        foreach (RealServerSettings server in after.RealServers)
        {
            if (!known.Remove(server.Key, out RealServerSettings? old))
            {
                yield return $"{server.Key} added to {after.Name}";
            }
            else if ((old.Weight, old.Forwarding, old.InhibitOnFailure, old.UpperThreshold, old.LowerThreshold)
                != (server.Weight, server.Forwarding, server.InhibitOnFailure, server.UpperThreshold, server.LowerThreshold))
            {
                yield return $"{server.Key} of {after.Name} changed";
            }
            else if (!old.Checks.Select(CheckIdentity.Of).SequenceEqual(server.Checks.Select(CheckIdentity.Of)))
            {
                yield return $"checks of {server.Key} of {after.Name} changed";
            }
        }

        foreach (DestinationKey gone in known.Keys)
        {
            yield return $"{gone} removed from {after.Name}";
        }
    }
}
