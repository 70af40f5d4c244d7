using Keepalived.Es.Domain.Simulation;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Simulation;

public sealed class SimulatedLanTests
{
    private const int Seeds = 1_000;

    [Fact]
    public void One_master_remains_after_a_lossy_network_heals() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 100, 150, 150);
        lan.Faults = new NetworkFaults(0.3, 0.1, TimeSpan.FromMilliseconds(0.1), TimeSpan.FromMilliseconds(300));
        lan.Run(TimeSpan.FromSeconds(60));
        lan.Faults = NetworkFaults.Healthy;
        lan.Run(TimeSpan.FromSeconds(10));
        return (lan, [2]);                                       // equal priority: the higher address wins
    });

    [Fact]
    public void A_partition_makes_one_master_on_each_side_and_healing_leaves_one() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 100, 150, 200);
        lan.Run(TimeSpan.FromSeconds(10));
        lan.Partition(0, 1, 1);
        lan.Run(TimeSpan.FromSeconds(10));
        Assert.True(lan.Masters.SequenceEqual([0, 2]), $"seed {seed}\n{lan.Trace}");
        lan.Partition();
        lan.Run(TimeSpan.FromSeconds(5));
        return (lan, [2]);
    });

    [Fact]
    public void The_backup_takes_over_from_a_machine_that_lost_power_within_the_master_down_interval() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 101, 100);
        lan.Run(TimeSpan.FromSeconds(10 + (seed % 100 / 100.0)));
        lan.PowerOff(0);
        lan.Run(TimeSpan.FromSeconds(3.62));
        return (lan, [1]);
    });

    [Fact]
    public void A_backup_that_stood_still_hears_what_waited_before_its_timer_fires() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 101, 100);
        lan.Run(TimeSpan.FromSeconds(10 + (seed % 100 / 100.0)));
        lan.StandStill(1, TimeSpan.FromSeconds(5 + (seed % 7)));
        lan.Run(TimeSpan.FromSeconds(20));
        Assert.True(lan.Routers[1].Transitions.TrueForAll(t => t.Transition.To == VrrpPhase.Backup), $"seed {seed}\n{lan.Trace}");
        return (lan, [0]);
    });

    [Fact]
    public void A_master_that_stood_still_loses_the_address_and_takes_it_back() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 101, 100);
        lan.Run(TimeSpan.FromSeconds(10 + (seed % 100 / 100.0)));
        lan.StandStill(0, TimeSpan.FromSeconds(6));
        lan.Run(TimeSpan.FromSeconds(4));
        Assert.True(lan.Masters.SequenceEqual([0, 1]), $"seed {seed}\n{lan.Trace}");
        lan.Run(TimeSpan.FromSeconds(3));
        return (lan, [0]);
    });

    [Fact]
    public void A_resignation_hands_over_within_the_skew_time() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 101, 100);
        lan.Run(TimeSpan.FromSeconds(10));
        lan.Stop(0);
        lan.Run(TimeSpan.FromSeconds(0.62));
        return (lan, [1]);
    });

    [Fact]
    public void Nopreempt_on_both_sides_keeps_the_new_master_when_the_old_one_returns() => ForEachSeed(seed =>
    {
        SimulatedLan lan = ReturnOfTheOldMaster(seed, preempt: false);
        return (lan, [1]);
    });

    [Fact]
    public void With_preemption_the_old_master_takes_the_address_back() => ForEachSeed(seed =>
    {
        SimulatedLan lan = ReturnOfTheOldMaster(seed, preempt: true);
        return (lan, [0]);
    });

    [Fact]
    public void Random_kills_links_and_priorities_end_in_one_master() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 100, 120, 140, 160);
        var random = new Random(seed);
        for (int round = 0; round < 30; round++)
        {
            int index = random.Next(4);
            switch (random.Next(6))
            {
                case 0:
                    lan.PowerOff(index);
                    break;
                case 1:
                    if (lan.Routers[index].IsRunning)
                    {
                        lan.Stop(index);
                    }

                    break;
                case 2:
                    lan.SetLink(index, random.Next(2) == 0);
                    break;
                case 3:
                    lan.SetPriority(index, (byte)random.Next(1, 255));
                    break;
                case 4:
                    lan.Faults = NetworkFaults.Lossy(random.NextDouble() / 2);
                    break;
                default:
                    lan.Partition(random.Next(2), random.Next(2), random.Next(2), random.Next(2));
                    break;
            }

            lan.Run(TimeSpan.FromSeconds(random.NextDouble() * 4));
            if (!lan.Routers[index].IsRunning)
            {
                lan.Start(index);
            }
        }

        lan.Partition();
        lan.Faults = NetworkFaults.Healthy;
        for (int index = 0; index < 4; index++)
        {
            lan.SetLink(index, true);
            lan.SetPriority(index, (byte)(100 + index));
        }

        lan.Run(TimeSpan.FromSeconds(20));
        return (lan, [3]);
    });

    /// <summary>The LAN checks by itself that a reload moves nobody, and that a Master advertises at once.</summary>
    [Fact]
    public void Random_reloads_of_random_routers_end_in_one_master() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 100, 120, 140);
        var random = new Random(seed);
        for (int round = 0; round < 40; round++)
        {
            int index = random.Next(3);
            lan.Reload(index, RandomConfig(random));
            lan.Run(TimeSpan.FromSeconds(random.NextDouble() * 3));
            lan.Faults = NetworkFaults.Lossy(random.NextDouble() / 4);
        }

        lan.Faults = NetworkFaults.Healthy;
        for (int index = 0; index < 3; index++)
        {
            lan.Reload(index, Config((byte)(100 + index)));
        }

        lan.Run(TimeSpan.FromSeconds(20));
        return (lan, [2]);
    });

    /// <summary>Nobody is away: the others never have a reason to take over, whatever the Master's new interval is.</summary>
    [Fact]
    public void A_master_that_is_reloaded_again_and_again_stays_the_only_one() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Version3(seed, 150, 100, 100);
        lan.Run(TimeSpan.FromSeconds(10));
        var random = new Random(seed);
        for (int round = 0; round < 30; round++)
        {
            VrrpConfig config = lan.Routers[0].Config;
            lan.Reload(0, config with { Priority = (byte)random.Next(101, 255), AdverInterval = TimeSpan.FromMilliseconds(10 * random.Next(1, 401)) });
            lan.Run(TimeSpan.FromSeconds(random.NextDouble() * 6));
            Assert.True(lan.Masters.SequenceEqual([0]) && lan.Routers[0].Transitions.Count == 2, $"seed {seed}, round {round}\n{lan.Trace}");
        }

        return (lan, [0]);
    });

    [Fact]
    public void Replaying_the_recorded_inputs_gives_the_recorded_state() => ForEachSeed(seed =>
    {
        SimulatedLan lan = Lan(seed, 100, 150, 150);
        lan.Faults = NetworkFaults.Lossy(0.4);
        lan.Run(TimeSpan.FromSeconds(40));
        lan.Reload(seed % 3, Config(200) with { PreemptDelay = TimeSpan.FromSeconds(2) });
        lan.Run(TimeSpan.FromSeconds(20));
        foreach (SimulatedRouter router in lan.Routers)
        {
            VrrpState state = router.Before;
            var effects = new EffectBuffer();
            foreach (RecordedInput recorded in router.Inputs)
            {
                state = VrrpMachine.Step(router.Config, state, recorded.Input, recorded.At, effects);
            }

            Assert.Equal(router.State, state);
        }

        return (lan, null);
    });

    [Fact]
    public void One_seed_gives_one_run()
    {
        string[] traces = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            SimulatedLan lan = Lan(7, 100, 150, 150);
            lan.Faults = NetworkFaults.Lossy(0.4);
            lan.Run(TimeSpan.FromSeconds(300));
            return lan.Trace;
        })];
        Assert.Equal(traces[0], traces[1]);
        Assert.Contains("MasterDownTimerExpired", traces[0]);
    }

    private static SimulatedLan ReturnOfTheOldMaster(int seed, bool preempt)
    {
        var lan = new SimulatedLan(seed, [Config(101) with { Preempt = preempt }, Config(100) with { Preempt = preempt }]);
        lan.StartAll();
        lan.Run(TimeSpan.FromSeconds(10));
        lan.PowerOff(0);
        lan.Run(TimeSpan.FromSeconds(10));
        lan.Start(0);
        lan.Run(TimeSpan.FromSeconds(10));
        return lan;
    }

    private static SimulatedLan Lan(int seed, params byte[] priorities)
    {
        var lan = new SimulatedLan(seed, [.. priorities.Select(Config)]);
        lan.StartAll();
        return lan;
    }

    private static SimulatedLan Version3(int seed, params byte[] priorities)
    {
        var lan = new SimulatedLan(seed, [.. priorities.Select(priority => Config(priority) with { Version = 3 })]);
        lan.StartAll();
        return lan;
    }

    private static VrrpConfig RandomConfig(Random random) => Config((byte)random.Next(1, 255)) with
    {
        Version = (byte)random.Next(2, 4),
        AdverInterval = TimeSpan.FromSeconds(random.Next(1, 4)),
        DownTimerAdverts = random.Next(2, 5),
        Preempt = random.Next(3) > 0,
        PreemptDelay = TimeSpan.FromSeconds(random.Next(3)),
        HigherPrioritySendAdvert = random.Next(2) == 0,
    };

    private static VrrpConfig Config(byte priority) => new() { Instance = "VI_1", Vrid = 51, Priority = priority };

    private static void ForEachSeed(Func<int, (SimulatedLan Lan, int[]? Masters)> scenario)
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            (SimulatedLan lan, int[]? masters) = scenario(seed);
            Assert.True(masters is null || lan.Masters.SequenceEqual(masters), $"seed {seed}: masters {string.Join(',', lan.Masters)}\n{lan.Trace}");
            Assert.True(lan.Violations.Count == 0, $"seed {seed}: {string.Join('\n', lan.Violations)}\n{lan.Trace}");
        }
    }
}
