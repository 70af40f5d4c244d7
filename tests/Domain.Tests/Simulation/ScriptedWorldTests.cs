using Keepalived.Es.Domain.Simulation;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Simulation;

/// <summary>What happens to the machines of a scripted world, and what they make of it.</summary>
public sealed class ScriptedWorldTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.2);
    private static readonly WorldRouter High = Router(150, 1);
    private static readonly WorldRouter Low = Router(100, 2);

    [Fact]
    public void A_master_that_stalls_loses_the_address_and_has_it_again_when_it_wakes()
    {
        IReadOnlyList<WorldTransition> transitions = Run(Stalled(0, 2, 4));
        Assert.Equal(
            [(1, VrrpPhase.Master, TransitionReason.MasterDownTimerExpired), (1, VrrpPhase.Backup, TransitionReason.HigherPriorityAdvertisement)],
            transitions.Select(t => (t.Router, t.To, t.Reason)));
        Assert.InRange(transitions[0].At, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(3));
        Assert.InRange(transitions[1].At, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4.01));
    }

    [Fact]
    public void A_backup_that_stalls_takes_what_waited_before_its_timer() => Assert.Empty(Run(Stalled(1, 2, 4)));

    [Fact]
    public void A_backup_that_is_cut_off_meanwhile_takes_over_when_it_wakes()
    {
        WorldTransition transition = Run([.. Stalled(1, 2, 4), new WorldEvent(TimeSpan.FromSeconds(1.9), WorldEventKind.Cut, 0, 1)])[0];
        Assert.Equal((1, VrrpPhase.Master, TimeSpan.FromSeconds(4)), (transition.Router, transition.To, transition.At));
    }

    /// <summary>Two that start together: the high one is Master, and sends, after 0.68 s; the low one would be after 0.72 s.</summary>
    [Theory]
    [InlineData(0.85, new[] { "Backup", "Master", "Backup 00:00:00.8500000" })]
    [InlineData(0.70, new[] { "Backup" })]
    public void What_is_held_arrives_when_it_is_released(double release, string[] ofLow)
    {
        WorldEvent[] events =
        [
            new(TimeSpan.Zero, WorldEventKind.Start, 0), new(TimeSpan.Zero, WorldEventKind.Start, 1),
            new(TimeSpan.FromSeconds(0.3), WorldEventKind.Hold, 0, 1), new(TimeSpan.FromSeconds(release), WorldEventKind.Release, 0, 1),
        ];
        Assert.Equal(ofLow, Run(events).Where(t => t.Router == 1).Select(t => t.Reason == TransitionReason.HigherPriorityAdvertisement ? $"{t.To} {t.At}" : $"{t.To}"));
    }

    private static IReadOnlyList<WorldTransition> Run(IEnumerable<WorldEvent> events) =>
        ScriptedWorld.Run([High, Low], events, TimeSpan.FromSeconds(6), TimeSpan.FromMilliseconds(0.3));

    private static WorldEvent[] Stalled(int router, double from, double to) =>
    [
        new(TimeSpan.FromSeconds(from), WorldEventKind.Stall, router), new(TimeSpan.FromSeconds(to), WorldEventKind.Wake, router),
    ];

    private static WorldRouter Router(byte priority, byte host) => new(
        new VrrpConfig { Instance = "VI_1", Vrid = 51, Version = 3, Priority = priority, AdverInterval = Interval }, RouterAddress.Parse($"192.0.2.{host}"), true,
        priority == 150 ? VrrpPhase.Master : VrrpPhase.Backup);
}
