using System.Collections.Immutable;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Scheduling;

/// <summary>Applies <see cref="SchedulingOptions"/>. A refusal is reported, never thrown: a node with ordinary scheduling beats no node.</summary>
internal static unsafe class SchedulingSetup
{
    private const int LargestProcessor = 1023; // cpu_set_t has 1024 bits
    private const string NiceRemedy = "grant CAP_SYS_NICE (systemd: AmbientCapabilities=CAP_SYS_NICE), or raise LimitNICE and LimitRTPRIO";
    private const string MemoryRemedy = "grant CAP_IPC_LOCK (systemd: AmbientCapabilities=CAP_IPC_LOCK), or set LimitMEMLOCK=infinity";
    private const string LimitRemedy = "grant CAP_SYS_RESOURCE, or raise the hard limit (systemd: LimitRTTIME=)";

    /// <summary>
    /// Applies nice value, policy and processors to the calling thread, which must be the VRRP loop's own, and memory lock and time limit to
    /// the process. Threads that this one creates start with ordinary scheduling (SCHED_RESET_ON_FORK).
    /// </summary>
    /// <returns>What could not be had; empty when all is set.</returns>
    internal static ImmutableArray<SetupProblem> Apply(SchedulingOptions options)
    {
        var problems = ImmutableArray.CreateBuilder<SetupProblem>();
        if (options.NoSwap)
        {
            LockMemory(problems);
        }

        if (options.RealTimeLimitUs is { } limit)
        {
            Check(problems, SetRealTimeLimit(limit), $"vrrp_rlimit_rttime {limit}", LimitRemedy);
        }

        if (!options.Processors.IsDefaultOrEmpty)
        {
            SetProcessors(problems, options.Processors);
        }

        if (options.Nice is { } nice)
        {
            Check(problems, LibC.setpriority(LibC.PRIO_PROCESS, 0, nice), $"vrrp_priority {nice}", NiceRemedy);
        }

        if (options.RealTimePriority is { } priority)
        {
            int policy = (options.FirstInFirstOut ? LibC.SCHED_FIFO : LibC.SCHED_RR) | LibC.SCHED_RESET_ON_FORK;
            Check(problems, LibC.sched_setscheduler(0, policy, &priority), $"vrrp_rt_priority {priority}", NiceRemedy);
        }

        return problems.DrainToImmutable();
    }

    private static void LockMemory(ImmutableArray<SetupProblem>.Builder problems)
    {
        var unlimited = new ResourceLimit { Soft = LibC.RLIM_INFINITY, Hard = LibC.RLIM_INFINITY };
        _ = LibC.prlimit(0, LibC.RLIMIT_MEMLOCK, &unlimited, null); // refused: mlockall decides by itself

        // ONFAULT: the runtime reserves address space by the gigabyte and touches little of it.
        int result = LibC.mlockall(LibC.MCL_CURRENT | LibC.MCL_FUTURE | LibC.MCL_ONFAULT);
        Check(problems, result, "vrrp_no_swap", MemoryRemedy);
    }

    private static int SetRealTimeLimit(long microseconds)
    {
        // As keepalived: a warning (SIGXCPU) at half of the limit.
        var limit = new ResourceLimit { Soft = (ulong)Math.Max(microseconds / 2, 1), Hard = (ulong)Math.Max(microseconds, 1) };
        return LibC.prlimit(0, LibC.RLIMIT_RTTIME, &limit, null);
    }

    private static void SetProcessors(ImmutableArray<SetupProblem>.Builder problems, ImmutableArray<int> processors)
    {
        string subject = $"vrrp_cpu_affinity {string.Join(' ', processors)}";
        Span<byte> mask = stackalloc byte[(LargestProcessor + 1) / 8];
        mask.Clear();
        foreach (int processor in processors)
        {
            if (processor is < 0 or > LargestProcessor)
            {
                problems.Add(new SetupProblem(subject, $"processor {processor} is out of range", $"allowed 0 to {LargestProcessor}"));
                return;
            }

            mask[processor / 8] |= (byte)(1 << (processor % 8));
        }

        fixed (byte* pointer = mask)
        {
            int result = LibC.sched_setaffinity(0, (nuint)mask.Length, pointer);
            Check(problems, result, subject, $"name processors of this machine, which has {Environment.ProcessorCount}");
        }
    }

    private static void Check(ImmutableArray<SetupProblem>.Builder problems, int result, string subject, string remedy)
    {
        if (result != 0)
        {
            problems.Add(new SetupProblem(subject, Errno.Describe(System.Runtime.InteropServices.Marshal.GetLastPInvokeError()), remedy));
        }
    }
}
