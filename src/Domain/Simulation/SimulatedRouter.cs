using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Simulation;

/// <summary>One machine on the simulated LAN: a configuration, its state, its own clock, and whether it holds the addresses.</summary>
public sealed class SimulatedRouter
{
    private readonly double _clockRate;
    private readonly TimeSpan _clockOffset;

    internal SimulatedRouter(VrrpConfig config, RouterAddress address, double clockRate, TimeSpan clockOffset)
    {
        Config = config;
        Address = address;
        _clockRate = clockRate;
        _clockOffset = clockOffset;
        State = VrrpMachine.Initial(config);
    }

    /// <summary>As of the last reload.</summary>
    public VrrpConfig Config { get; internal set; }

    public RouterAddress Address { get; }

    public VrrpState State { get; internal set; }

    /// <summary>False before the start and after a crash or a stop.</summary>
    public bool IsRunning { get; internal set; }

    public bool LinkIsUp { get; internal set; } = true;

    /// <summary>Whether the kernel of this machine holds the virtual addresses. A crash leaves them.</summary>
    public bool HoldsAddresses { get; internal set; }

    /// <summary>State before the first of <see cref="Inputs"/>.</summary>
    public VrrpState Before { get; internal set; }

    /// <summary>Every input with the moment of its arrival by this machine's clock, since the last start or reload.</summary>
    public List<RecordedInput> Inputs { get; } = [];

    /// <summary>Every transition since the last start.</summary>
    public List<(TimeSpan At, VrrpEffect Transition)> Transitions { get; } = [];

    internal FaultReasons Faults => LinkIsUp ? FaultReasons.None : FaultReasons.InterfaceDown;

    /// <summary>This machine's monotonic clock at a moment of the world's.</summary>
    internal TimeSpan LocalTime(TimeSpan world) => _clockOffset + (world * _clockRate);

    /// <summary>The first moment of the world's clock at which this machine's clock has reached <paramref name="local"/>.</summary>
    internal TimeSpan WorldTime(TimeSpan local)
    {
        if (local == VrrpState.Never)
        {
            return VrrpState.Never;
        }

        TimeSpan world = (local - _clockOffset) / _clockRate;
        while (LocalTime(world) < local)
        {
            world += TimeSpan.FromTicks(1);
        }

        return world;
    }
}
