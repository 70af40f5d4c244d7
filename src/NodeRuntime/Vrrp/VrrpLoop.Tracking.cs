using System.Threading.Channels;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Scripting.Hooks;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <content>What tracked scripts do to priorities and faults.</content>
internal sealed partial class VrrpLoop
{
    /// <summary>Results that wait at most. A script has one run at a time, so that they gather only while the loop stands still.</summary>
    private const int ResultCapacity = 8192;

    private const FaultReasons TrackerFaults = FaultReasons.Tracker | FaultReasons.TrackerPending;

    private readonly Channel<(string Script, TrackResult Result)> _results =
        Channel.CreateBounded<(string, TrackResult)>(new BoundedChannelOptions(ResultCapacity) { SingleReader = true });

    private Dictionary<string, ScriptRuntime> _scripts;

    /// <summary>Token of what the present inputs follow from; 0: nothing recorded.</summary>
    private long _cause;

    /// <summary>Hands a result over, from any thread. Never blocks.</summary>
    /// <param name="script">Name of the <c>vrrp_script</c>: a reload changes places, and a run goes on over it.</param>
    internal void Deliver(string script, TrackResult result)
    {
        if (_results.Writer.TryWrite((script, result)))
        {
            _thread.Wake();
        }
        else
        {
            Log.TrackResultLost(script);
        }
    }

    private static Dictionary<string, ScriptRuntime> ScriptsOf(KeepalivedConfig config, IReadOnlyList<InstanceRuntime> instances)
    {
        var byName = config.Scripts.ToDictionary(script => script.Name, script => new ScriptRuntime(script), StringComparer.Ordinal);
        foreach (InstanceRuntime instance in instances)
        {
            foreach (TrackedScript tracked in instance.Settings.TrackScripts)
            {
                byName[tracked.Script].Trackers.Add(instance);
                instance.Trackers.Add((tracked, byName[tracked.Script]));
            }
        }

        return byName;
    }

    private void TakeResults(TimeSpan now)
    {
        while (_results.Reader.TryRead(out (string Script, TrackResult Result) next))
        {
            if (_scripts.TryGetValue(next.Script, out ScriptRuntime? script))
            {
                Take(script, next.Result, now);
            }
        }
    }

    private void Take(ScriptRuntime script, TrackResult result, TimeSpan now)
    {
        ScriptTrackState before = script.State;
        script.State = ScriptTracker.Step(script.Settings.Rise, script.Settings.Fall, before, result.Kind == TrackResultKind.Succeeded);
        bool sameWeight = result.Weight == script.Weight;
        script.Weight = result.Weight;
        if (before.Status == script.State.Status && sameWeight)
        {
            return;
        }

        if (before.Status != script.State.Status)
        {
            Log.TrackScriptChanged(script.Settings.Name, result);
            _cause = _nextToken++;
            Record(
                new TrackScriptChanged(
                    _node, $"vrrp_script {script.Settings.Name}", before.Status, script.State.Status, result.Kind, result.ExitCode, result.Signal, result.Duration,
                    result.Detail, result.Output),
                token: _cause);
        }

        foreach (InstanceRuntime instance in script.Trackers)
        {
            RefreshTrackers(instance, now);
        }

        _cause = 0;
    }

    /// <summary>Sums up the trackers of an instance; what differs is fed to its machine, and a fault to its whole group.</summary>
    private void RefreshTrackers(InstanceRuntime instance, TimeSpan now)
    {
        (int weights, FaultReasons faults) = SumOf(instance);
        byte priority = EffectivePriority.Of(instance.Config, weights);
        if (priority != instance.State.Priority)
        {
            Feed(instance, VrrpInput.SetPriority(priority), now);
        }

        instance.OwnFaults = (instance.OwnFaults & ~TrackerFaults) | faults;
        foreach (InstanceRuntime member in instance.Group?.Members ?? [instance])
        {
            RefreshEnvironment(member, member.State.Source, now);
        }
    }

    private static (int Weights, FaultReasons Faults) SumOf(InstanceRuntime instance)
    {
        (int weights, FaultReasons faults) = (0, FaultReasons.None);
        foreach ((TrackedScript tracked, ScriptRuntime script) in instance.Trackers)
        {
            TrackerContribution contribution = script.Contribution(tracked);
            weights += contribution.Weight;
            faults |= contribution.Faults;
        }

        return (weights, faults);
    }

    private static Dictionary<string, int> ContributionsOf(InstanceRuntime instance) => instance.Trackers
        .Select(pair => (pair.Tracked.Script, pair.Script.Contribution(pair.Tracked).Weight))
        .Where(pair => pair.Weight != 0)
        .ToDictionary(pair => pair.Script, pair => pair.Weight, StringComparer.Ordinal);
}

/// <summary>What the loop keeps of one <c>vrrp_script</c>. Touched by the loop's thread only.</summary>
internal sealed class ScriptRuntime(VrrpScriptSettings settings)
{
    internal VrrpScriptSettings Settings { get; } = settings;

    internal ScriptTrackState State { get; set; } = ScriptTracker.Initial(settings.Rise, settings.InitFail);

    /// <summary>Weight that the last result asked for; null: the configured one.</summary>
    internal int? Weight { get; set; }

    /// <summary>Instances that track it.</summary>
    internal List<InstanceRuntime> Trackers { get; } = [];

    /// <summary>With <c>init_fail</c> a weight counts from the start on as if the script had failed.</summary>
    internal TrackerContribution Contribution(TrackedScript tracked)
    {
        int weight = Weight ?? tracked.Weight;
        bool assumed = weight != 0 && Settings.InitFail && State.Status == TrackStatus.Unknown;
        return TrackerContribution.Of(weight, tracked.Reverse, assumed ? TrackStatus.Down : State.Status);
    }
}
