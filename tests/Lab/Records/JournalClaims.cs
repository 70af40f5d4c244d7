using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Lab.Framework;

namespace Keepalived.Es.Lab.Records;

/// <summary>Claims about any journal.</summary>
internal static class JournalClaims
{
    /// <summary>The chain is whole, and the machine decides again as recorded.</summary>
    internal static void Hold(IReadOnlyList<JournalRow> rows)
    {
        ChainHolds(rows);
        DecisionsReplay(rows);
    }

    /// <summary>Every hash covers its record and the hash before it, sequences count from 1 in each boot, clocks never go back.</summary>
    internal static void ChainHolds(IReadOnlyList<JournalRow> rows)
    {
        string hash = NodeRecord.GenesisHash;
        var sequences = new Dictionary<string, long>();
        HybridTimestamp clock = default;
        foreach (JournalRow row in rows)
        {
            Assert.Equal(hash, row.PreviousHash);
            Assert.Equal(NodeRecord.ChainHash(row.PreviousHash, row.Canonical), row.Hash);
            Assert.Equal(sequences.GetValueOrDefault(row.Boot) + 1, row.Sequence);
            Assert.Equal((row.Boot, row.Sequence), (row.Record.Boot, row.Record.Sequence));
            Assert.Equal(row.Canonical, row.Record.ToCanonicalBytes());
            Assert.True(row.Record.Cause is null || row.Record.Cause < row.Sequence, $"record {row.Sequence} names a cause after itself");
            Assert.Equal(row.Sequence == 1, row.Event is NodeStarted);
            HybridTimestamp next = HybridTimestamp.Parse(row.Record.Hlc);
            Assert.True(next > clock, $"record {row.Sequence}: {next} does not follow {clock}");
            (hash, clock) = (row.Hash, next);
            sequences[row.Boot] = row.Sequence;
        }
    }

    /// <summary>
    /// Every window of inputs, run through the machine with the recorded configuration, makes the transition that it was recorded for and ends in the recorded
    /// state; and every transition has its window, unless a kill came between the two.
    /// </summary>
    private static void DecisionsReplay(IReadOnlyList<JournalRow> rows)
    {
        Dictionary<(string Boot, string Instance), VrrpConfig> configured = [];
        Dictionary<(string Boot, long Sequence), ITransitionEvent> undecided = [];
        foreach (JournalRow row in rows)
        {
            switch (row.Event)
            {
                case InstanceConfigured e:
                    configured[(row.Boot, e.Instance)] = e.Config;
                    break;
                case ITransitionEvent transition:
                    undecided.Add((row.Boot, row.Sequence), transition);
                    break;
                case InputsRecorded window:
                    (VrrpState end, List<(VrrpPhase, TransitionReason, TimeSpan)> decided) = Replay(configured[(row.Boot, window.Instance)], window);
                    Assert.Equal(window.After, end);
                    Assert.True(
                        undecided.Remove((row.Boot, row.Record.Cause ?? 0), out ITransitionEvent? recorded), $"record {row.Sequence} has no transition of its own");
                    Assert.Contains((recorded.From, recorded.Reason, recorded.At), decided);
                    break;
            }
        }

        ILookup<string, long> sequences = rows.ToLookup(row => row.Boot, row => row.Sequence);
        Assert.All(undecided.Keys, key => Assert.Equal(sequences[key.Boot].Max(), key.Sequence));
    }

    private static (VrrpState End, List<(VrrpPhase From, TransitionReason Reason, TimeSpan At)> Decided) Replay(VrrpConfig config, InputsRecorded window)
    {
        List<(VrrpPhase, TransitionReason, TimeSpan)> decided = [];
        var effects = new EffectBuffer();
        VrrpState state = window.Before;
        foreach (RecordedInput recorded in window.Inputs)
        {
            effects.Clear();
            state = VrrpMachine.Step(config, state, recorded.Input, recorded.At, effects);
            foreach (VrrpEffect effect in effects.Items)
            {
                if (effect.Kind == VrrpEffectKind.Transition)
                {
                    decided.Add((effect.From, effect.Reason, recorded.At));
                }
            }
        }

        return (state, decided);
    }
}
