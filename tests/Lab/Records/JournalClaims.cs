using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.Lab.Framework;

namespace Keepalived.Es.Lab.Records;

/// <summary>Claims about any journal.</summary>
internal static class JournalClaims
{
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

    /// <summary>Every window of inputs, run through the machine with the recorded configuration, ends in the recorded state.</summary>
    internal static void WindowsReplay(IReadOnlyList<JournalRow> rows)
    {
        Dictionary<(string Boot, string Instance), VrrpConfig> configured = [];
        foreach (JournalRow row in rows)
        {
            switch (row.Event)
            {
                case InstanceConfigured e:
                    configured[(row.Boot, e.Instance)] = e.Config;
                    break;
                case InputsRecorded window:
                    Assert.Equal(window.After, Replay(configured[(row.Boot, window.Instance)], window));
                    JournalRow cause = rows.Single(other => other.Boot == row.Boot && other.Sequence == row.Record.Cause);
                    Assert.IsType<ITransitionEvent>(cause.Event, exactMatch: false);
                    break;
            }
        }
    }

    private static VrrpState Replay(VrrpConfig config, InputsRecorded window)
    {
        var effects = new EffectBuffer();
        VrrpState state = window.Before;
        foreach (RecordedInput recorded in window.Inputs)
        {
            effects.Clear();
            state = VrrpMachine.Step(config, state, recorded.Input, recorded.At, effects);
        }

        return state;
    }
}
