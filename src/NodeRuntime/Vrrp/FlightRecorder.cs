using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>
/// The last inputs of one instance in a ring, and the state before the oldest of them. A transition or an anomaly takes a window out of it;
/// in quiet times nothing leaves memory. An input that leaves the ring is replayed into that state, so that no copies of it are kept.
/// Allocates nothing after construction.
/// </summary>
internal sealed class FlightRecorder
{
    /// <summary>Inputs kept: at three advertisements to a Master-down interval, some fifteen intervals.</summary>
    internal const int Capacity = 48;

    private readonly RecordedInput[] _inputs = new RecordedInput[Capacity];
    private readonly EffectBuffer _discarded = new();
    private readonly VrrpConfig _config;
    private VrrpState _before;
    private int _next;
    private int _count;
    private bool _truncated;

    internal FlightRecorder(VrrpConfig config)
        : this(config, VrrpMachine.Initial(config), goesOn: false)
    {
    }

    /// <summary>For an instance that goes on after a reload: a window never reaches back beyond it, since another configuration was in force then.</summary>
    /// <param name="before">State before the first input.</param>
    /// <param name="goesOn">There were inputs before.</param>
    internal FlightRecorder(VrrpConfig config, in VrrpState before, bool goesOn) => (_config, _before, _truncated) = (config, before, goesOn);

    internal void Add(TimeSpan at, in VrrpInput input)
    {
        if (_count == Capacity)
        {
            RecordedInput oldest = _inputs[_next];
            _discarded.Clear();
            _before = VrrpMachine.Step(_config, _before, oldest.Input, oldest.At, _discarded);
            _truncated = true;
        }
        else
        {
            _count++;
        }

        _inputs[_next] = new RecordedInput(at, input);
        _next = (_next + 1) % Capacity;
    }

    /// <summary>The window as an event.</summary>
    /// <param name="after">State after the newest input.</param>
    internal InputsRecorded Window(string node, string instance, in VrrpState after)
    {
        int oldest = (_next - _count + Capacity) % Capacity;
        var inputs = new RecordedInput[_count];
        for (int i = 0; i < _count; i++)
        {
            inputs[i] = _inputs[(oldest + i) % Capacity];
        }

        return new InputsRecorded(node, instance, _before, inputs, after, _truncated);
    }
}
