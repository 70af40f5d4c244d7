using System.ComponentModel;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>The kernel refused a netlink request. errno is in NativeErrorCode.</summary>
/// <param name="attempted">What was tried, with its object: <c>add 192.0.2.1/24 to interface 3</c>.</param>
internal sealed class NetlinkException(int errno, string? kernelText, string attempted)
    : Win32Exception(errno, Compose(errno, kernelText, attempted))
{
    /// <summary>The kernel's own explanation (extended acknowledgement), when it gave one.</summary>
    internal string? KernelText { get; } = kernelText;

    internal string Attempted { get; } = attempted;

    internal static string Compose(int errno, string? kernelText, string attempted) => kernelText is null
        ? $"{attempted}: {Errno.Describe(errno)}"
        : $"{attempted}: {Errno.Describe(errno)}: {kernelText}";
}
