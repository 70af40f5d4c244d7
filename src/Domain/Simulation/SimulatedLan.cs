using System.Text;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Simulation;

/// <summary>
/// Several machines of one virtual router on a LAN whose loss, delay, duplication, partitions and clock drift come from a seed. Time
/// jumps to the next thing due, so an hour takes milliseconds; equal arguments give an equal run.
/// </summary>
public sealed class SimulatedLan
{
    private readonly Random _random;
    private readonly PriorityQueue<(int Receiver, Advertisement Advertisement), (TimeSpan, long)> _inFlight = new();
    private readonly EffectBuffer _effects = new();
    private readonly StringBuilder _trace = new();
    private readonly int[] _segment;
    private readonly TimeSpan[] _stillUntil;
    private long _sent;

    /// <param name="seed">Decides everything that is random.</param>
    /// <param name="configs">One machine for each; its address is 192.0.2.1, .2 … in this order.</param>
    /// <param name="clockDrift">Each machine's clock runs up to this share faster or slower than the world's. Default 100 ppm.</param>
    public SimulatedLan(int seed, IReadOnlyList<VrrpConfig> configs, double clockDrift = 100e-6)
    {
        ArgumentNullException.ThrowIfNull(configs);
        _random = new Random(seed);
        (_segment, _stillUntil) = (new int[configs.Count], new TimeSpan[configs.Count]);
        Routers = [.. configs.Select((config, index) => new SimulatedRouter(
            config,
            RouterAddress.Parse($"192.0.2.{index + 1}"),
            clockRate: 1 + (clockDrift * ((2 * _random.NextDouble()) - 1)),
            clockOffset: TimeSpan.FromSeconds(_random.Next(1, 100_000))))];
    }

    public IReadOnlyList<SimulatedRouter> Routers { get; }

    /// <summary>The world's clock, from zero.</summary>
    public TimeSpan Now { get; private set; }

    public NetworkFaults Faults { get; set; } = NetworkFaults.Healthy;

    /// <summary>What happened, a line each, for the message of a failed test.</summary>
    public string Trace => _trace.ToString();

    /// <summary>Broken invariants found so far; empty is right.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>Indexes of the running machines in phase Master.</summary>
    public IEnumerable<int> Masters =>
        Enumerable.Range(0, Routers.Count).Where(index => Routers[index] is { IsRunning: true, State.Phase: VrrpPhase.Master });

    public void StartAll()
    {
        for (int index = 0; index < Routers.Count; index++)
        {
            Start(index);
        }
    }

    /// <summary>Starts the daemon of a machine.</summary>
    public void Start(int index)
    {
        SimulatedRouter router = Routers[index];
        router.Inputs.Clear();
        router.Transitions.Clear();
        router.IsRunning = true;
        router.State = VrrpMachine.Initial(router.Config);
        router.Before = router.State;
        Feed(index, VrrpInput.Startup(router.Address, router.Faults));
    }

    /// <summary>kill -9: nothing is sent, the addresses stay in the kernel.</summary>
    public void Kill(int index)
    {
        Note(index, "killed");
        Routers[index].IsRunning = false;
    }

    /// <summary>Power off: as <see cref="Kill"/>, and the addresses are gone with the machine.</summary>
    public void PowerOff(int index)
    {
        Kill(index);
        Routers[index].HoldsAddresses = false;
    }

    /// <summary>SIGTERM.</summary>
    public void Stop(int index)
    {
        Feed(index, new VrrpInput(VrrpInputKind.Shutdown));
        Routers[index].IsRunning = false;
    }

    public void SetLink(int index, bool up)
    {
        SimulatedRouter router = Routers[index];
        router.LinkIsUp = up;
        Note(index, up ? "link up" : "link down");
        if (router.IsRunning)
        {
            Feed(index, VrrpInput.Environment(router.Address, router.Faults));
        }
    }

    /// <summary>SIGHUP with another configuration. A Master must stay Master, and say so at once.</summary>
    public void Reload(int index, VrrpConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        SimulatedRouter router = Routers[index];
        VrrpConfig former = router.Config;
        (router.Config, router.Before) = (config, router.State);
        router.Inputs.Clear();
        Note(index, $"reload: priority {config.Priority}, interval {config.AdverInterval}, preempt {config.Preempt}");
        if (!router.IsRunning)
        {
            return;
        }

        VrrpPhase phase = router.State.Phase;
        VrrpState state = router.State;
        Feed(index, VrrpInput.Reconfigured(former, config, in state, router.Address, router.Faults, config.Priority, hasNewAddresses: false));
        if (router.State.Phase != phase)
        {
            Violations.Add($"{Now} {router.Address}: a reload moved it from {phase} to {router.State.Phase}");
        }

        if (phase == VrrpPhase.Master && !_effects.Items.ToArray().Any(effect => effect.Kind == VrrpEffectKind.SendAdvertisement && effect.Priority == config.Priority))
        {
            Violations.Add($"{Now} {router.Address}: a Master was reloaded and sent no advertisement");
        }
    }

    public void SetPriority(int index, byte priority) => Feed(index, VrrpInput.SetPriority(priority));

    /// <summary>Puts each machine on a segment; only machines of one segment hear one another. No argument heals.</summary>
    public void Partition(params int[] segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        Array.Clear(_segment);
        segments.CopyTo(_segment, 0);
        _trace.AppendLine($"{Now} segments {string.Join(',', _segment)}");
    }

    /// <summary>From now on a machine stands still for a while, as a virtual machine on a busy host: what reaches it waits, and its timers fire afterwards.</summary>
    public void StandStill(int index, TimeSpan duration)
    {
        _stillUntil[index] = TimeSpan.FromTicks(Math.Max((Now + duration).Ticks, _stillUntil[index].Ticks));
        Note(index, $"stands still until {_stillUntil[index]}");
    }

    /// <summary>Lets the world run for a while.</summary>
    public void Run(TimeSpan duration)
    {
        TimeSpan end = Now + duration;
        while (NextDue(out int timer) is var due && due <= end)
        {
            Now = due > Now ? due : Now;
            if (timer >= 0)
            {
                Feed(timer, VrrpInput.Deadline());
                continue;
            }

            _inFlight.TryDequeue(out (int Receiver, Advertisement Advertisement) delivery, out (TimeSpan, long Sent) at);
            (int receiver, Advertisement advertisement) = delivery;
            if (_stillUntil[receiver] > Now)
            {
                _inFlight.Enqueue(delivery, (_stillUntil[receiver], at.Sent));
            }
            else if (Routers[receiver] is { IsRunning: true, LinkIsUp: true })
            {
                Feed(receiver, new VrrpInput(VrrpInputKind.AdvertisementReceived) { Advertisement = advertisement });
            }
        }

        Now = end;
    }

    /// <summary>The next moment at which something happens: a timer of the machine given back, or a delivery (-1).</summary>
    private TimeSpan NextDue(out int timer)
    {
        timer = -1;
        TimeSpan due = _inFlight.TryPeek(out _, out (TimeSpan At, long) delivery) ? delivery.At : VrrpState.Never;
        for (int index = 0; index < Routers.Count; index++)
        {
            if (!Routers[index].IsRunning)
            {
                continue;
            }

            TimeSpan at = Routers[index].WorldTime(Routers[index].State.NextDeadline);
            at = at > _stillUntil[index] ? at : _stillUntil[index];
            if (at < due)
            {
                (due, timer) = (at, index);
            }
        }

        return due;
    }

    private void Feed(int index, VrrpInput input)
    {
        SimulatedRouter router = Routers[index];
        TimeSpan local = router.LocalTime(Now);
        router.Inputs.Add(new RecordedInput(local, input));
        _effects.Clear();
        router.State = VrrpMachine.Step(router.Config, router.State, in input, local, _effects);
        foreach (VrrpEffect effect in _effects.Items)
        {
            Execute(index, router, effect, local);
        }

        if (router.HoldsAddresses != (router.State.Phase == VrrpPhase.Master))
        {
            Violations.Add($"{Now} {router.Address}: holds the addresses: {router.HoldsAddresses}, phase {router.State.Phase}");
        }
    }

    private void Execute(int index, SimulatedRouter router, VrrpEffect effect, TimeSpan local)
    {
        switch (effect.Kind)
        {
            case VrrpEffectKind.SendAdvertisement:
                Send(index, router, effect.Priority);
                break;
            case VrrpEffectKind.AddAddresses:
                router.HoldsAddresses = true;
                break;
            case VrrpEffectKind.RemoveAddresses:
                router.HoldsAddresses = false;
                break;
            case VrrpEffectKind.Transition:
                router.Transitions.Add((local, effect));
                Note(index, $"{effect.From} -> {effect.To}, {effect.Reason}");
                break;
        }
    }

    private void Send(int sender, SimulatedRouter router, byte priority)
    {
        if (!router.LinkIsUp)
        {
            return;
        }

        var advertisement = new Advertisement(router.Address, priority, router.Config.AdverInterval);
        for (int receiver = 0; receiver < Routers.Count; receiver++)
        {
            if (receiver == sender || _segment[receiver] != _segment[sender])
            {
                continue;
            }

            int copies = _random.NextDouble() < Faults.Loss ? 0 : _random.NextDouble() < Faults.Duplication ? 2 : 1;
            for (; copies > 0; copies--)
            {
                TimeSpan delay = Faults.MinimumDelay + ((Faults.MaximumDelay - Faults.MinimumDelay) * _random.NextDouble());
                _inFlight.Enqueue((receiver, advertisement), (Now + delay, _sent++));
            }
        }
    }

    private void Note(int index, string what) => _trace.AppendLine($"{Now} {Routers[index].Address} {what}");
}
