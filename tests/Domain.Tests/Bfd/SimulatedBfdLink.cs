using System.Globalization;
using System.Text;
using Keepalived.Es.Domain.Bfd;

namespace Keepalived.Es.Domain.Tests.Bfd;

/// <summary>Two sessions at the ends of one link that delays and loses packets and keeps their order. All chance comes from a seed.</summary>
internal sealed class SimulatedBfdLink
{
    private const int StepsMaximum = 100_000;

    private readonly Random _random;
    private readonly BfdConfig[] _configs;
    private readonly BfdState[] _states = new BfdState[2];
    private readonly Queue<(TimeSpan At, BfdPacket Packet)>[] _toward = [new(), new()];
    private readonly TimeSpan[] _lastArrival = new TimeSpan[2];
    private readonly int[] _lostInARow = new int[2];
    private readonly List<BfdEffect> _effects = [];
    private readonly StringBuilder _trace = new();
    private int _steps;

    internal SimulatedBfdLink(int seed, BfdConfig first, BfdConfig second)
    {
        _random = new Random(seed);
        _configs = [first, second];
        _trace.Append(CultureInfo.InvariantCulture, $"seed {seed}\n0: {first}\n1: {second}\n");
        for (int i = 0; i < 2; i++)
        {
            Step(i, new BfdInput(BfdInputKind.Start, _random.NextDouble()));
        }
    }

    /// <summary>Since the start of the simulation.</summary>
    internal TimeSpan Now { get; private set; }

    /// <summary>Longest time on the way.</summary>
    internal TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(0.4);

    /// <summary>Share of packets lost, 0 to 1.</summary>
    internal double Loss { get; set; }

    /// <summary>No more than so many are lost in a row in one direction.</summary>
    internal int LossRun { get; set; } = int.MaxValue;

    internal List<(TimeSpan At, int Session, BfdEffect Change)> Changes { get; } = [];

    internal string Trace => _trace.ToString();

    internal bool AreUp => _states.All(state => state.Session == BfdSessionState.Up);

    internal BfdState this[int session] => _states[session];

    internal int Sent { get; private set; }

    internal void Run(TimeSpan time, Func<bool>? until = null)
    {
        TimeSpan end = Now + time;
        while (until?.Invoke() != true)
        {
            (TimeSpan at, int session, bool arrives) = Next();
            if (at > end)
            {
                Now = end;
                return;
            }

            if (++_steps == StepsMaximum)
            {
                Assert.Fail($"it goes round and round\n{Trace}");
            }

            Now = at;
            BfdInputKind kind = arrives ? BfdInputKind.PacketReceived : BfdInputKind.DeadlineReached;
            Step(session, new BfdInput(kind, _random.NextDouble(), arrives ? _toward[session].Dequeue().Packet : default));
        }
    }

    private (TimeSpan At, int Session, bool Arrives) Next()
    {
        (TimeSpan At, int Session, bool Arrives) next = (TimeSpan.MaxValue, 0, false);
        for (int i = 0; i < 2; i++)
        {
            if (_toward[i].TryPeek(out (TimeSpan At, BfdPacket Packet) packet) && packet.At < next.At)
            {
                next = (packet.At, i, true);
            }

            if (_states[i].NextDeadline < next.At)
            {
                next = (_states[i].NextDeadline, i, false);
            }
        }

        return next;
    }

    private void Step(int session, in BfdInput input)
    {
        _effects.Clear();
        _states[session] = BfdMachine.Step(_configs[session], in _states[session], in input, Now, _effects);
        foreach (BfdEffect effect in _effects)
        {
            if (effect.Kind == BfdEffectKind.Send)
            {
                Send(1 - session, effect.Packet);
            }
            else if (effect.Kind == BfdEffectKind.StateChanged)
            {
                Changes.Add((Now, session, effect));
                _trace.Append(CultureInfo.InvariantCulture, $"{Now}: {session} {effect.From} -> {effect.To} ({effect.Diagnostic})\n");
            }
        }
    }

    private void Send(int receiver, in BfdPacket packet)
    {
        Sent++;
        Assert.False(packet is { Poll: true, Final: true });
        if (_lostInARow[receiver] < LossRun && _random.NextDouble() < Loss)
        {
            _lostInARow[receiver]++;
            return;
        }

        _lostInARow[receiver] = 0;
        TimeSpan at = Now + (Delay * _random.NextDouble());
        _lastArrival[receiver] = at > _lastArrival[receiver] ? at : _lastArrival[receiver];
        _toward[receiver].Enqueue((_lastArrival[receiver], packet));
    }
}
