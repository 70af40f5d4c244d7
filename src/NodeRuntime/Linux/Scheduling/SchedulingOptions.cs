using System.Collections.Immutable;

namespace Keepalived.Es.NodeRuntime.Linux.Scheduling;

/// <summary>keepalived's scheduling keywords of one process (<c>vrrp_*</c>), for the thread that runs the VRRP loop.</summary>
internal sealed record SchedulingOptions
{
    /// <summary><c>vrrp_priority</c>: nice value, -20 to 19. Null: unchanged.</summary>
    internal int? Nice { get; init; }

    /// <summary><c>vrrp_rt_priority</c>: SCHED_RR with this priority, 1 to 99. Null: the ordinary scheduler.</summary>
    internal int? RealTimePriority { get; init; }

    /// <summary>SCHED_FIFO in place of SCHED_RR: no time slices among equals.</summary>
    internal bool FirstInFirstOut { get; init; }

    /// <summary>
    /// <c>vrrp_rlimit_rttime</c>: longest time in microseconds that a real-time thread may run without blocking. It is a limit of the whole
    /// process; beyond it the kernel sends SIGXCPU, which ends a process that does not handle it, and at the hard limit SIGKILL. Null: unchanged.
    /// </summary>
    internal long? RealTimeLimitUs { get; init; }

    /// <summary><c>vrrp_cpu_affinity</c>: processors, 0 to 1023. Empty: unchanged.</summary>
    internal ImmutableArray<int> Processors { get; init; } = [];

    /// <summary><c>vrrp_no_swap</c>: lock the pages of the process that have been touched, and those touched later.</summary>
    internal bool NoSwap { get; init; }
}
