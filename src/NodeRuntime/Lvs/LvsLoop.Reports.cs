using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <content>What the loop tells journal, log and notify handlers.</content>
internal sealed partial class LvsLoop
{
    private void ReportConfigured(VirtualServerRuntime server) => Record(new VirtualServerConfigured(
        _node,
        server.Name,
        server.Settings.Label,
        [.. server.Settings.Services.Select(service => service.ToString())],
        server.Settings.Options.Scheduler,
        [.. server.Settings.RealServers.Select((real, i) => new RealServerConfigured(
            real.Key.ToString(), real.Label, server.State.Servers[i].Weight, [.. server.Checks[i].Select(check => check.Text)], server.State.Servers[i].IsAlive))],
        server.Settings.SorryServer?.Key.ToString(),
        server.Settings.Quorum,
        server.Settings.Hysteresis,
        server.State.HasQuorum,
        _kernel.IsThere));

    private void ReportCheck(CheckRuntime check, in CheckState before, TimeSpan now)
    {
        string server = check.Owner.NameOf(check.Server);
        long tries = check.State.Status == CheckStatus.Down && before.HasRun ? before.Failures + 1 : Math.Max(1, before.Successes + 1);
        Log.CheckChanged(check, server, tries);
        check.Token = _nextToken++;
        Record(
            new CheckChanged(
                _node, check.Owner.Name, server, check.Text, before.Status, check.State.Status, tries, check.LastResult.Note,
                check.Probe is null ? TimeSpan.Zero : now - check.AskedAt),
            token: check.Token);
        RealServerSettings settings = check.Owner.Settings.RealServers[check.Server];
        if (settings.SmtpAlert && !_settings.NoCheckerMails)
        {
            Publish(LvsNotifications.OfCheck(check, check.Token));
        }
    }

    private static void ReportFailure(CheckRuntime check)
    {
        if (check.Settings.LogAllFailures || check.State is { Status: CheckStatus.Up, HasRun: true })
        {
            Log.CheckFailed(check.Owner.NameOf(check.Server), check.Owner.Name, check.Text, check.LastResult.Note);
        }
    }

    /// <summary>Everything but the kernel hears of an effect, after the kernel has.</summary>
    private void Tell(in Told told, TimeSpan now)
    {
        VirtualServerRuntime server = told.Server;
        VirtualServerEffect effect = told.Effect;
        switch (effect.Kind)
        {
            case VirtualServerEffectKind.RealServerUp or VirtualServerEffectKind.RealServerDown:
                TellRealServer(in told, effect.Kind == VirtualServerEffectKind.RealServerUp);
                break;
            case VirtualServerEffectKind.QuorumGained or VirtualServerEffectKind.QuorumLost:
                TellQuorum(in told, effect.Kind == VirtualServerEffectKind.QuorumGained);
                break;
            case VirtualServerEffectKind.WeightChanged:
                Log.WeightChanged(server.NameOf(effect.Server), server.Name, effect.OldWeight, effect.Weight, told.State.Servers[effect.Server].IsAlive);
                Record(
                    new RealServerWeightChanged(_node, server.Name, server.Settings.RealServers[effect.Server].Key.ToString(), effect.OldWeight, effect.Weight, told.Reason),
                    cause: told.Cause);
                break;
            case VirtualServerEffectKind.DrainChanged:
                TimeSpan? until = told.State.Servers[effect.Server].DrainedUntil;
                Log.Drained(server.NameOf(effect.Server), server.Name, until is not null, told.Reason);
                Record(new RealServerDrained(
                    _node, server.Name, server.Settings.RealServers[effect.Server].Key.ToString(), until is not null,
                    until is null || until == RealServerState.UntilFurtherNotice ? null : until - now, told.Reason));
                _drainsChanged = true;
                break;
            case VirtualServerEffectKind.AddDestination or VirtualServerEffectKind.RemoveDestination or VirtualServerEffectKind.SetDestination:
                Log.PoolChanged(server.NameOf(effect.Server), server.Name, effect.Kind, effect.Weight, !told.State.IsRunning);
                break;
            case VirtualServerEffectKind.AddSorry or VirtualServerEffectKind.RemoveSorry:
                Log.SorryServer(server.NameOf(server.Settings.SorryServer!.Key), server.Name, effect.Kind == VirtualServerEffectKind.AddSorry);
                break;
        }
    }

    private void TellRealServer(in Told told, bool isUp)
    {
        VirtualServerRuntime server = told.Server;
        int real = told.Effect.Server;
        string name = server.Settings.RealServers[real].Key.ToString();
        int weight = told.State.Servers[real].Weight;
        long token = _nextToken++;
        Record(
            isUp ? new RealServerUp(_node, server.Name, name, weight, told.Reason) : new RealServerDown(_node, server.Name, name, weight, told.Reason),
            token,
            told.Cause);
        Publish(_notifications.OfRealServer(server, real, isUp, told.Reason, token, _settings.NoCheckerMails));
    }

    private void TellQuorum(in Told told, bool gained)
    {
        VirtualServerRuntime server = told.Server;
        VirtualServerSettings settings = server.Settings;
        long weight = told.State.LiveWeight;
        long token = _nextToken++;
        Log.Quorum(server.Name, gained, weight, settings.Quorum, settings.Hysteresis);
        string? sorry = told.State.IsSorry(settings) ? settings.SorryServer!.Key.ToString() : null;
        Record(
            gained
                ? new QuorumGained(_node, server.Name, weight, settings.Quorum, settings.Hysteresis)
                : new QuorumLost(_node, server.Name, weight, settings.Quorum, settings.Hysteresis, sorry),
            token,
            told.Cause);
        Publish(_notifications.OfQuorum(server, gained, weight, token));
    }

    /// <summary>Most changes of thousands of servers concern nobody: no script, no mail, no FIFO.</summary>
    private void Publish(StateNotification notification)
    {
        if (notification.Scripts.Count > 0 || notification.SmtpAlert || (_hasFifo && notification.Kind != "CHECK"))
        {
            _notify.Publish(notification);
        }
    }

    private bool Record(INodeEvent @event, long token = 0, long cause = 0) =>
        _journal.Record(new NodeOccurrence(@event, DateTimeOffset.UtcNow, MonotonicClock.Now, token, cause));
}
