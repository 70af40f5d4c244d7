using System.Globalization;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>What an error number of a try says of the server, or of this host.</summary>
internal static class ProbeFailure
{
    private static readonly ProbeResult Refused = ProbeResult.Failure("connection refused");
    private static readonly ProbeResult Reset = ProbeResult.Failure("connection reset");
    private static readonly ProbeResult HostUnreachable = ProbeResult.Failure("host unreachable");
    private static readonly ProbeResult NetworkUnreachable = ProbeResult.Failure("network unreachable");

    /// <summary>A failure on the way to the server or back.</summary>
    internal static ProbeResult Of(int errno) => Shortage(errno) ?? errno switch
    {
        Errno.ECONNREFUSED => Refused,
        Errno.ECONNRESET or Errno.EPIPE => Reset,
        Errno.EHOSTUNREACH or Errno.EHOSTDOWN => HostUnreachable,
        Errno.ENETUNREACH => NetworkUnreachable,
        Errno.ETIMEDOUT => ProbeResult.Failure("timed out, the kernel has given up"),
        _ => ProbeResult.Failure(Errno.Describe(errno)),
    };

    /// <summary>A failure before anything was sent.</summary>
    /// <param name="attempted">What was tried, with its object: <c>bind to 192.0.2.1</c>.</param>
    internal static ProbeResult OfSetup(int errno, string attempted) =>
        Shortage(errno) ?? ProbeResult.Failure($"{attempted}: {Errno.Describe(errno)}");

    /// <summary>A failure of connect(2), to which the kernel gives a local port.</summary>
    internal static ProbeResult OfConnect(int errno) => errno is Errno.EADDRNOTAVAIL or Errno.EAGAIN
        ? new ProbeResult(ProbeVerdict.NotTried, $"no local port is free: {Errno.Describe(errno)}")
        : Of(errno);

    /// <param name="step"><c>connecting</c>, <c>sending</c>, <c>waiting</c>…</param>
    internal static ProbeResult TimedOut(TimeSpan limit, string step) =>
        ProbeResult.Failure(string.Create(CultureInfo.InvariantCulture, $"timed out after {limit.TotalSeconds:0.###} s {step}"));

    /// <summary>Null: it is no shortage of this host.</summary>
    private static ProbeResult? Shortage(int errno) => errno switch
    {
        Errno.EMFILE or Errno.ENFILE => new ProbeResult(ProbeVerdict.NotTried, $"no descriptor is left: {Errno.Describe(errno)}"),
        Errno.ENOMEM or Errno.ENOBUFS => new ProbeResult(ProbeVerdict.NotTried, $"no memory is left: {Errno.Describe(errno)}"),
        _ => null,
    };
}
