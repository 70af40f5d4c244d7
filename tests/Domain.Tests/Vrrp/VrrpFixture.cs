using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Vrrp;

/// <summary>A machine under test: 192.0.2.10, priority 100, one second, as keepalived configures it by default.</summary>
internal sealed class VrrpFixture
{
    internal static readonly RouterAddress Self = RouterAddress.Parse("192.0.2.10");
    internal static readonly RouterAddress Lower = RouterAddress.Parse("192.0.2.9");
    internal static readonly RouterAddress Higher = RouterAddress.Parse("192.0.2.11");
    internal static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan Start = TimeSpan.FromSeconds(1000);

    private readonly EffectBuffer _effects = new();

    internal VrrpFixture(VrrpConfig? config = null)
    {
        Config = config ?? Default();
        State = VrrpMachine.Initial(Config);
    }

    internal VrrpConfig Config { get; }

    internal VrrpState State { get; private set; }

    internal TimeSpan Now { get; private set; } = Start;

    /// <summary>Effects of the last step.</summary>
    internal VrrpEffect[] Effects => _effects.Items.ToArray();

    internal VrrpEffectKind[] Kinds => [.. Effects.Select(effect => effect.Kind)];

    internal static VrrpConfig Default(byte version = 2, byte priority = 100, bool preempt = true) =>
        new() { Instance = "VI_1", Vrid = 51, Version = version, Priority = priority, Preempt = preempt };

    internal static VrrpFixture InPhase(VrrpPhase phase, VrrpConfig? config = null)
    {
        var fixture = new VrrpFixture(config);
        switch (phase)
        {
            case VrrpPhase.Backup:
                fixture.Feed(VrrpInput.Startup(Self));
                break;
            case VrrpPhase.Master:
                fixture.Feed(VrrpInput.Startup(Self));
                fixture.FireDeadline();
                break;
            case VrrpPhase.Fault:
                fixture.Feed(VrrpInput.Startup(Self, FaultReasons.InterfaceDown));
                break;
        }

        Assert.Equal(phase, fixture.State.Phase);
        return fixture;
    }

    internal VrrpFixture Feed(VrrpInput input, double afterSeconds = 0)
    {
        Now += TimeSpan.FromSeconds(afterSeconds);
        _effects.Clear();
        State = VrrpMachine.Step(Config, State, in input, Now, _effects);
        return this;
    }

    internal VrrpFixture Hear(RouterAddress source, byte priority, double afterSeconds = 0) =>
        Feed(VrrpInput.Heard(source, priority, Config.AdverInterval), afterSeconds);

    internal VrrpFixture FireDeadline()
    {
        Now = State.NextDeadline;
        return Feed(VrrpInput.Deadline());
    }
}
