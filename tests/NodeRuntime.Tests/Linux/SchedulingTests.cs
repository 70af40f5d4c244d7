using System.Collections.Immutable;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Scheduling;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class SchedulingTests
{
    [LabFact]
    public void Priority_policy_and_processors_reach_the_calling_thread_alone()
    {
        int nice = 0;
        int policy = 0;
        ImmutableArray<SetupProblem> problems = OnOwnThread(() =>
        {
            ImmutableArray<SetupProblem> found = SchedulingSetup.Apply(new SchedulingOptions { Nice = -5, Processors = [0] });
            nice = LibC.getpriority(LibC.PRIO_PROCESS, 0);
            found = found.AddRange(SchedulingSetup.Apply(new SchedulingOptions { RealTimePriority = 10 }));
            policy = LibC.sched_getscheduler(0);
            return found;
        });
        Assert.Empty(problems);
        Assert.Equal((-5, LibC.SCHED_RR | LibC.SCHED_RESET_ON_FORK), (nice, policy));
        Assert.Equal(LibC.SCHED_OTHER, LibC.sched_getscheduler(0));
    }

    [LabFact]
    public void First_in_first_out_is_another_policy()
    {
        int policy = 0;
        Assert.Empty(OnOwnThread(() =>
        {
            ImmutableArray<SetupProblem> found = SchedulingSetup.Apply(new SchedulingOptions { RealTimePriority = 1, FirstInFirstOut = true });
            policy = LibC.sched_getscheduler(0);
            return found;
        }));
        Assert.Equal(LibC.SCHED_FIFO | LibC.SCHED_RESET_ON_FORK, policy);
    }

    [LabFact]
    public unsafe void The_process_is_limited_and_locked_in_memory()
    {
        const long LimitUs = 60_000_000; // stays for the process, since raising a hard limit needs CAP_SYS_RESOURCE; no test runs that long
        try
        {
            Assert.Empty(SchedulingSetup.Apply(new SchedulingOptions { RealTimeLimitUs = LimitUs, NoSwap = true }));
            ResourceLimit limit;
            Assert.Equal(0, LibC.prlimit(0, LibC.RLIMIT_RTTIME, null, &limit));
            Assert.Equal(((ulong)LimitUs / 2, (ulong)LimitUs), (limit.Soft, limit.Hard));
            Assert.DoesNotContain("VmLck:\t       0 kB", File.ReadAllText("/proc/self/status"), StringComparison.Ordinal);
        }
        finally
        {
            Assert.Equal(0, LibC.munlockall());
        }
    }

    [Fact]
    public void A_refusal_names_keyword_cause_and_remedy()
    {
        SetupProblem priority = Assert.Single(OnOwnThread(() => SchedulingSetup.Apply(new SchedulingOptions { RealTimePriority = 200 })));
        Assert.Equal("vrrp_rt_priority 200", priority.Subject);
        Assert.Contains(priority.Problem, (string[])["EINVAL (Invalid argument)", "EPERM (Operation not permitted)"]);
        Assert.Contains("CAP_SYS_NICE", priority.Remedy, StringComparison.Ordinal);
        SetupProblem processor = Assert.Single(OnOwnThread(() => SchedulingSetup.Apply(new SchedulingOptions { Processors = [0, 1024] })));
        Assert.Equal("vrrp_cpu_affinity 0 1024: processor 1024 is out of range; allowed 0 to 1023", processor.ToString());
        SetupProblem absent = Assert.Single(OnOwnThread(() => SchedulingSetup.Apply(new SchedulingOptions { Processors = [1023] })));
        Assert.Equal("EINVAL (Invalid argument)", absent.Problem);
    }

    [Fact]
    public void Nothing_asked_for_is_nothing_done() => Assert.Empty(SchedulingSetup.Apply(new SchedulingOptions()));

    [Fact]
    public void Missing_capabilities_are_named_in_one_message_with_the_remedy()
    {
        var some = new Capabilities(1UL << (int)Capability.CAP_NET_RAW);
        Assert.Null(some.Missing(Capability.CAP_NET_RAW));
        Assert.Equal(
            "CAP_NET_ADMIN CAP_SYS_NICE: these capabilities are missing; run as root, or systemd: "
                + "AmbientCapabilities=CAP_NET_ADMIN CAP_SYS_NICE, or: setcap cap_net_admin,cap_sys_nice+ep keepalived-es",
            some.Missing(Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW, Capability.CAP_SYS_NICE)?.ToString());
    }

    [Fact]
    public void The_kernels_own_list_agrees()
    {
        string line = File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        Assert.Equal(Convert.ToUInt64(line[7..].Trim(), 16), Capabilities.OfThisThread().Effective);
    }

    private static ImmutableArray<SetupProblem> OnOwnThread(Func<ImmutableArray<SetupProblem>> function)
    {
        ImmutableArray<SetupProblem> result = [];
        var thread = new Thread(() => result = function());
        thread.Start();
        thread.Join();
        return result;
    }
}
