namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

internal enum IpvsOperation : byte
{
    AddService,
    SetService,
    RemoveService,
    AddDestination,
    SetDestination,
    RemoveDestination,
    StartDaemon,
    StopDaemon,
}

internal enum IpvsOutcome : byte
{
    /// <summary>The kernel did it.</summary>
    Done,

    /// <summary>Add, start: the kernel has it already (EEXIST), set by whomever; its options are as they were.</summary>
    AlreadyThere,

    /// <summary>Remove, stop: the kernel does not have it (ENOENT), or not its service (ESRCH).</summary>
    AlreadyGone,

    /// <summary>Refused.</summary>
    Failed,
}

/// <summary>How the kernel answered one command.</summary>
/// <param name="Errno">0 or an error number; ETIMEDOUT (110) when no answer came.</param>
/// <param name="KernelText">The kernel's own explanation, or null.</param>
internal readonly record struct IpvsResult(IpvsOperation Operation, int Errno, string? KernelText)
{
    internal IpvsOutcome Outcome => (Operation, Errno) switch
    {
        (_, 0) => IpvsOutcome.Done,
        (IpvsOperation.AddService or IpvsOperation.AddDestination or IpvsOperation.StartDaemon, Interop.Errno.EEXIST)
            => IpvsOutcome.AlreadyThere,
        (IpvsOperation.RemoveService or IpvsOperation.RemoveDestination or IpvsOperation.StopDaemon,
            Interop.Errno.ENOENT or Interop.Errno.ESRCH) => IpvsOutcome.AlreadyGone,
        _ => IpvsOutcome.Failed,
    };

    /// <summary>What the number means here, which the kernel's text seldom says; null when there is nothing to add.</summary>
    internal string? Meaning => (Operation, Errno) switch
    {
        (IpvsOperation.AddService or IpvsOperation.SetService, Interop.Errno.ENOENT) =>
            "the kernel has no such scheduler or persistence engine",
        (IpvsOperation.SetService, Interop.Errno.ESRCH) => "the service is not there",
        (IpvsOperation.AddDestination or IpvsOperation.SetDestination, Interop.Errno.ESRCH) => "its service is not there",
        (IpvsOperation.SetDestination, Interop.Errno.ENOENT) => "the destination is not there",
        (IpvsOperation.AddDestination or IpvsOperation.SetDestination, Interop.Errno.EINVAL) =>
            "its address is not a unicast one, or of another family than its service's, which takes a tunnel, and no sync daemon",
        (IpvsOperation.AddDestination or IpvsOperation.SetDestination, Interop.Errno.ERANGE) =>
            "the weight is negative, or the lower threshold above the upper one",
        (IpvsOperation.StartDaemon, Interop.Errno.EINVAL) => "the table has destinations of another family than their service's",
        (IpvsOperation.StartDaemon, Interop.Errno.ENODEV) => "the interface is not there",
        (_, Interop.Errno.EPERM) => "CAP_NET_ADMIN is missing",
        _ => null,
    };
}
