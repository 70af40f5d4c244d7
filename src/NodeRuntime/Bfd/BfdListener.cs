using System.ComponentModel;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <summary>The socket on which all sessions of one family and port hear their neighbors (RFC 5881 section 4, RFC 5883 section 5).</summary>
internal sealed class BfdListener : IDisposable
{
    internal const ushort SingleHopPort = 3784;
    internal const ushort MultihopPort = 4784;

    private BfdListener(SafeDescriptor descriptor, BfdListenerKey key) => (Descriptor, Key) = (descriptor, key);

    internal SafeDescriptor Descriptor { get; }

    internal BfdListenerKey Key { get; }

    /// <exception cref="Win32Exception">EADDRINUSE (98): another program speaks BFD on this host, or one that is being started still holds a socket of ours.</exception>
    internal static BfdListener Open(BfdListenerKey key)
    {
        SafeDescriptor descriptor = LibC.OpenSocket(key.IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_DGRAM | LibC.SOCK_NONBLOCK, LibC.IPPROTO_UDP);
        try
        {
            int errno;
            if (key.IsIPv6)
            {
                LibC.SetOption(descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_V6ONLY, 1, "IPV6_V6ONLY");
                LibC.SetOption(descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT");
                LibC.SetOption(descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
                errno = LibC.TryBind(descriptor, new InternetAddress6(RouterAddress.None, scope: 0, key.Port));
            }
            else
            {
                LibC.SetOption(descriptor, LibC.IPPROTO_IP, LibC.IP_RECVTTL, 1, "IP_RECVTTL");
                LibC.SetOption(descriptor, LibC.IPPROTO_IP, LibC.IP_PKTINFO, 1, "IP_PKTINFO");
                errno = LibC.TryBind(descriptor, new InternetAddress4(RouterAddress.None, key.Port));
            }

            return errno == 0 ? new BfdListener(descriptor, key) : throw Errno.AsException(errno, $"listen on UDP port {key.Port} ({key.Family})");
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>Takes what is waiting, as far as the batch holds it.</summary>
    internal int Receive(ReceiveBatch batch) => batch.ReceiveUdp(Descriptor, Key.IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET);

    public void Dispose() => Descriptor.Dispose();
}

/// <summary>What sessions need the same listener.</summary>
internal readonly record struct BfdListenerKey(bool IsIPv6, bool IsMultihop)
{
    internal ushort Port => IsMultihop ? BfdListener.MultihopPort : BfdListener.SingleHopPort;

    internal string Family => IsIPv6 ? "IPv6" : "IPv4";
}
