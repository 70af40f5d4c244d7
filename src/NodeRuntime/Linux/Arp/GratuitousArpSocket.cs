using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Linux.Arp;

/// <summary>Sends gratuitous ARP on any interface, packet(7). One for the whole loop: it receives nothing and is bound to no interface.</summary>
internal sealed class GratuitousArpSocket : IDisposable
{
    private readonly SafeDescriptor _descriptor;

    /// <exception cref="System.ComponentModel.Win32Exception">EPERM (1): CAP_NET_RAW is missing.</exception>
    internal GratuitousArpSocket() => _descriptor = LibC.OpenSocket(LibC.AF_PACKET, LibC.SOCK_RAW | LibC.SOCK_NONBLOCK, protocol: 0);

    /// <summary>Adds one frame for an IPv4 address.</summary>
    /// <param name="batch">Frames of many addresses and interfaces may share a batch; its payload limit must be at least <see cref="GratuitousArpFrame.Length"/>.</param>
    /// <param name="interfaceIndex">Interface to send on.</param>
    /// <param name="sender">Hardware address that answers for <paramref name="address"/>.</param>
    /// <returns>False when the batch is full.</returns>
    internal static bool TryAdd(SendBatch batch, int interfaceIndex, MacAddress sender, RouterAddress address)
    {
        if (!batch.TryReserve(new PacketAddress(interfaceIndex, GratuitousArpFrame.EtherType), out Span<byte> frame))
        {
            return false;
        }

        GratuitousArpFrame.Write(frame, sender, address);
        batch.Commit(GratuitousArpFrame.Length);
        return true;
    }

    /// <summary>Sends the batch with one system call and leaves it filled, so that <see cref="SendBatch.Errors"/> can be read.</summary>
    /// <returns>Frames that failed: ENXIO (no such interface), ENETDOWN (100), ENOBUFS (105).</returns>
    internal int Flush(SendBatch batch) => batch.Flush(_descriptor);

    public void Dispose() => _descriptor.Dispose();
}
