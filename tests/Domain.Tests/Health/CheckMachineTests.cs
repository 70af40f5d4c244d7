using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health;

namespace Keepalived.Es.Domain.Tests.Health;

public sealed class CheckMachineTests
{
    /// <summary>
    /// Answers in their order (+ success, - failure, 0 not tried), then for each the seconds until the next try, with U or D where the check goes up or down, S where it stays down.
    /// delay_loop 10, delay_before_retry 2.
    /// </summary>
    [Theory]                       // keepalived.conf(5): retry, delay_loop, delay_before_retry, alpha; lvs.md section 2
    [InlineData(2, 1, 1, false, false, "+++", "10 10 10")]
    [InlineData(2, 1, 1, false, false, "-+", "10D 10U")]                       // the first try counts at once
    [InlineData(2, 1, 1, false, false, "+--+", "10 2 2 10")]                   // two retries are left
    [InlineData(2, 1, 1, false, false, "+---+", "10 2 2 10D 10U")]
    [InlineData(2, 1, 1, false, false, "+-+---", "10 2 10 2 2 10D")]           // a success forgets failures
    [InlineData(0, 1, 1, false, false, "+--", "10 10D 10")]                    // no retries while down
    [InlineData(2, 1, 1, true, false, "+", "10U")]
    [InlineData(2, 1, 1, true, false, "--+---", "10S 10 10U 2 2 10D")]
    [InlineData(1, 3, 1, false, false, "+--++-+++", "10 2 10D 10 10 10 10 10 10U")]   // rise 3, of ours
    [InlineData(1, 1, 1, false, false, "+-00-", "10 2 2 2 10D")]               // what this host could not try counts for nothing
    [InlineData(1, 1, 2, false, false, "+++-+", "10 10 10 2 10")]
    [InlineData(1, 1, 2, false, false, "++--+++", "10 10 2 10D 10 10 10U")]    // the failed url works again, then all from the first
    [InlineData(1, 1, 2, true, true, "++++", "0 10U 10 10")]                   // fast_recovery
    [InlineData(1, 1, 2, true, false, "++", "10 10U")]
    public void An_answer_decides_about_state_and_next_try(long retry, int rise, int steps, bool alpha, bool fast, string answers, string expected)
    {
        var timing = new CheckTiming { DelayLoop = TimeSpan.FromSeconds(10), DelayBeforeRetry = TimeSpan.FromSeconds(2), Retry = retry, Rise = rise };
        var config = new CheckConfig(timing, alpha, steps, fast);
        TimeSpan now = TimeSpan.FromSeconds(100);
        CheckState state = CheckMachine.Initial(config, now, TimeSpan.Zero);
        List<string> seen = [];
        foreach (char answer in answers)
        {
            state = CheckMachine.Step(config, in state, CheckInputKind.DeadlineReached, now, out CheckEffect ask);
            Assert.Equal(CheckEffect.Ask, ask);
            CheckInputKind input = answer switch { '+' => CheckInputKind.Succeeded, '-' => CheckInputKind.Failed, _ => CheckInputKind.NotTried };
            state = CheckMachine.Step(config, in state, input, now, out CheckEffect effect);
            seen.Add($"{(state.Deadline - now).TotalSeconds}{effect switch { CheckEffect.WentUp => "U", CheckEffect.WentDown => "D", CheckEffect.StayedDown => "S", _ => "" }}");
            now = state.Deadline;
        }

        Assert.Equal(expected, string.Join(' ', seen));
    }

    [Fact]
    public void A_suspended_check_asks_nothing_and_keeps_what_it_knew()
    {
        var config = new CheckConfig(new CheckTiming { DelayLoop = TimeSpan.FromSeconds(10) });
        CheckState state = CheckMachine.Initial(config, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        state = CheckMachine.Step(config, in state, CheckInputKind.DeadlineReached, TimeSpan.FromSeconds(2), out CheckEffect tooEarly);
        Assert.Equal(CheckEffect.None, tooEarly);
        state = CheckMachine.Step(config, in state, CheckInputKind.DeadlineReached, TimeSpan.FromSeconds(3), out _);
        state = CheckMachine.Step(config, in state, CheckInputKind.Suspended, TimeSpan.FromSeconds(4), out CheckEffect effect);
        Assert.Equal((CheckEffect.Abandon, CheckState.Never), (effect, state.Deadline));
        Assert.Equal(state, CheckMachine.Step(config, in state, CheckInputKind.Failed, TimeSpan.FromSeconds(5), out _));
        state = CheckMachine.Step(config, in state, CheckInputKind.Resumed, TimeSpan.FromSeconds(60), out _);
        Assert.Equal((CheckStatus.Up, TimeSpan.FromSeconds(60)), (state.Status, state.Deadline));
    }

    /// <summary>Seeded: whatever comes, up and down alternate, a deadline is set exactly while waiting, and no more failures are forgiven than <c>retry</c>.</summary>
    [Fact]
    public void Up_and_down_alternate_whatever_comes()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var timing = new CheckTiming { DelayLoop = TimeSpan.FromSeconds(random.Next(1, 9)), Retry = random.Next(4), Rise = random.Next(1, 4) };
            var config = new CheckConfig(timing, random.Next(2) == 0, random.Next(1, 4), random.Next(2) == 0);
            TimeSpan now = TimeSpan.Zero;
            CheckState state = CheckMachine.Initial(config, now, TimeSpan.Zero);
            CheckStatus status = state.Status;
            for (int i = 0; i < 200; i++)
            {
                now = state.Deadline == CheckState.Never ? now : state.Deadline;
                var input = (CheckInputKind)random.Next(6);
                CheckState after = CheckMachine.Step(config, in state, input, now, out CheckEffect effect);
                Assert.Equal(effect is CheckEffect.WentUp or CheckEffect.WentDown, after.Status != status);
                Assert.Equal(after.Phase == CheckPhase.Waiting, after.Deadline != CheckState.Never);
                Assert.InRange(after.Failures, 0, Math.Max(1, timing.Retry));
                Assert.InRange(after.Step, 0, config.Steps - 1);
                (state, status) = (after, after.Status);
            }
        }
    }
}
