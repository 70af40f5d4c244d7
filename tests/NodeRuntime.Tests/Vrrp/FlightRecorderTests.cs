using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Vrrp;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Vrrp;

public sealed class FlightRecorderTests
{
    private static readonly VrrpConfig Plain = new() { Instance = "VI_1", Vrid = 51 };
    private static readonly RouterAddress Own = RouterAddress.Parse("192.0.2.1");

    public static IEnumerable<TheoryDataRow<int>> Seeds => Enumerable.Range(1, 60).Select(seed => new TheoryDataRow<int>(seed));

    [Theory, MemberData(nameof(Seeds))]
    public void Every_window_replays_to_the_state_after_it(int seed)
    {
        var random = new Random(seed);
        VrrpConfig config = Config(random);
        var recorder = new FlightRecorder(config);
        var effects = new EffectBuffer();
        VrrpState state = VrrpMachine.Initial(config);
        TimeSpan now = TimeSpan.FromHours(3);
        for (int step = 1; step <= 200; step++)
        {
            VrrpInput input = step == 1 ? VrrpInput.Startup(Own) : Input(random);
            now = input.Kind == VrrpInputKind.DeadlineReached && state.NextDeadline is var due && due != VrrpState.Never && due > now
                ? due : now + TimeSpan.FromMilliseconds(random.Next(700));
            recorder.Add(now, in input);
            state = VrrpMachine.Step(config, state, in input, now, effects);
            InputsRecorded window = recorder.Window("node-a", "VI_1", in state);
            Assert.Equal(Math.Min(step, FlightRecorder.Capacity), window.Inputs.Count);
            Assert.Equal(step > FlightRecorder.Capacity, window.Truncated);
            Assert.Equal(state, Replay(config, window));
            if (step % 20 == 0)
            {
                var stored = (InputsRecorded)EventCatalog.Deserialize("inputs_recorded", EventCatalog.Serialize(window))!;
                Assert.Equal(state, stored.After);
                Assert.Equal(state, Replay(config, stored));
            }
        }
    }

    [Fact]
    public void An_empty_window_is_the_state_alone()
    {
        VrrpState state = VrrpMachine.Initial(Plain);
        InputsRecorded window = new FlightRecorder(Plain).Window("node-a", "VI_1", in state);
        Assert.Equal((state, state, false, 0), (window.Before, window.After, window.Truncated, window.Inputs.Count));
    }

    [Fact]
    public void A_window_is_not_changed_by_what_comes_after_it()
    {
        var recorder = new FlightRecorder(Plain);
        var state = new VrrpState();
        recorder.Add(TimeSpan.FromSeconds(1), VrrpInput.Deadline());
        InputsRecorded window = recorder.Window("node-a", "VI_1", in state);
        for (int i = 0; i < FlightRecorder.Capacity; i++)
        {
            recorder.Add(TimeSpan.FromSeconds(2), VrrpInput.SetPriority(7));
        }

        Assert.Equal(new RecordedInput(TimeSpan.FromSeconds(1), VrrpInput.Deadline()), Assert.Single(window.Inputs));
    }

    [Fact]
    public void Adding_allocates_nothing()
    {
        var recorder = new FlightRecorder(Plain);
        recorder.Add(default, VrrpInput.Deadline());
        Allocations.None(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                recorder.Add(default, VrrpInput.Deadline());
            }
        });
    }

    [Fact]
    public void A_window_after_a_reload_begins_with_it_and_replays_with_the_new_configuration()
    {
        var effects = new EffectBuffer();
        VrrpState state = VrrpMachine.Step(Plain, VrrpMachine.Initial(Plain), VrrpInput.Startup(RouterAddress.Parse("192.0.2.1")), TimeSpan.FromSeconds(1), effects);
        VrrpConfig after = Plain with { Priority = 200, AdverInterval = TimeSpan.FromSeconds(3) };
        var recorder = new FlightRecorder(after, in state, goesOn: true);
        VrrpInput[] inputs =
        [
            VrrpInput.Reconfigured(Plain, after, in state, RouterAddress.Parse("192.0.2.1"), FaultReasons.None, 200, hasNewAddresses: true), VrrpInput.Deadline(),
        ];
        for (int i = 0; i < inputs.Length; i++)
        {
            TimeSpan at = TimeSpan.FromSeconds(2 + (20 * i));
            recorder.Add(at, in inputs[i]);
            state = VrrpMachine.Step(after, state, in inputs[i], at, effects);
        }

        InputsRecorded window = recorder.Window("node-a", "VI_1", in state);
        var stored = (InputsRecorded)EventCatalog.Deserialize("inputs_recorded", EventCatalog.Serialize(window))!;
        Assert.Equal((2, true, VrrpPhase.Master), (stored.Inputs.Count, stored.Truncated, state.Phase));
        Assert.Equal(state, Replay(after, stored));
    }

    private static VrrpState Replay(VrrpConfig config, InputsRecorded window)
    {
        VrrpState state = window.Before;
        foreach (RecordedInput recorded in window.Inputs)
        {
            state = VrrpMachine.Step(config, state, recorded.Input, recorded.At, new EffectBuffer());
        }

        return state;
    }

    private static VrrpConfig Config(Random random) => new()
    {
        Instance = "VI_1",
        Vrid = 51,
        Version = (byte)random.Next(2, 4),
        Priority = (byte)(random.Next(6) == 0 ? 255 : random.Next(1, 255)),
        Preempt = random.Next(2) == 0,
        PreemptDelay = TimeSpan.FromSeconds(random.Next(3)),
        StartupDelay = TimeSpan.FromSeconds(random.Next(2)),
        StartAsMaster = random.Next(2) == 0,
        InSyncGroup = random.Next(3) == 0,
    };

    private static VrrpInput Input(Random random) => random.Next(12) switch
    {
        0 => VrrpInput.SetPriority((byte)random.Next(1, 255)),
        1 => VrrpInput.Environment(Own, (FaultReasons)random.Next(4)),
        2 => VrrpInput.Environment(RouterAddress.Parse("192.0.2.9"), FaultReasons.None),
        3 => new VrrpInput((VrrpInputKind)random.Next((int)VrrpInputKind.SyncToMaster, (int)VrrpInputKind.AddressLost + 1)),
        < 8 => VrrpInput.Deadline(),
        _ => VrrpInput.Heard(new RouterAddress(0xC0000200u + (uint)random.Next(1, 4)), (byte)random.Next(256), TimeSpan.FromMilliseconds(10 * random.Next(1, 300))),
    };
}
