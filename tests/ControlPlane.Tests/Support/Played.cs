using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>A journal whose transitions and windows the machine itself has made, as a node records them.</summary>
internal static class Played
{
    /// <summary>Six records: the node starts, VI_1 is configured, becomes Backup and, when nobody is heard, Master; after each its window.</summary>
    /// <param name="reason">Recorded instead of the machine's for the second transition.</param>
    internal static NodeScript Script(string node, TransitionReason? reason = null)
    {
        NodeScript script = new(node);
        script.Add(0, new NodeStarted(node, TestStore.Tenant, "0.1.0", "kernel", 100, new string('a', 64)));
        VrrpConfig config = Failover.Config(100);
        script.Add(0, Failover.Configured(node, Failover.SourceB, 100));
        VrrpState initial = VrrpMachine.Initial(config);
        VrrpState state = initial;
        EffectBuffer effects = new();
        List<RecordedInput> inputs = [];
        void Feed(TimeSpan at, VrrpInput input)
        {
            inputs.Add(new RecordedInput(at, input));
            effects.Clear();
            VrrpState before = state;
            state = VrrpMachine.Step(config, before, in input, at, effects);
            foreach (VrrpEffect effect in effects.Items.ToArray().Where(effect => effect.Kind == VrrpEffectKind.Transition))
            {
                VrrpEffect told = effect.To == VrrpPhase.Master && reason is { } other ? effect with { Reason = other } : effect;
                double second = (at - NodeScript.Mono(0)).TotalSeconds;
                long transition = script.Add(second, TransitionEvents.From(node, config, in before, in state, in told, at));
                script.Add(second, new InputsRecorded(node, Failover.Instance, initial, [.. inputs], state, false), transition);
            }
        }

        Feed(NodeScript.Mono(0.001), VrrpInput.Startup(Failover.SourceB));
        Feed(NodeScript.Mono(1), VrrpInput.Heard(Failover.SourceA, 150, TimeSpan.FromSeconds(1)));
        for (int i = 0; i < 5 && state.Phase != VrrpPhase.Master; i++)
        {
            Feed(state.NextDeadline, VrrpInput.Deadline());
        }

        return script;
    }
}
