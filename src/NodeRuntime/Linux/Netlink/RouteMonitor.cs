using Keepalived.Es.NodeRuntime.Linux.Interop;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>
/// Hears of changes to links and addresses. Open it before the first dump, so that nothing is missed in between. Used by one thread.
/// </summary>
internal sealed class RouteMonitor : IDisposable
{
    private const int DatagramBytes = 64 * 1024;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _datagram = new byte[DatagramBytes];
    private int _length;
    private int _position;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <param name="receiveBufferBytes">What the kernel holds for us; default 1 MiB, some thousand changes.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left.</exception>
    internal RouteMonitor(int receiveBufferBytes = 1024 * 1024) => _socket = NetlinkSocket.ForChanges(receiveBufferBytes);

    /// <summary>For <see cref="EventLoop.Epoll"/>; readable when a change waits.</summary>
    internal SafeDescriptor Descriptor => _socket.Descriptor;

    /// <summary>Takes the next change. Call until it returns false; messages that tell nothing of links and addresses are skipped.</summary>
    /// <returns>False when nothing waits.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The socket is broken.</exception>
    internal bool TryRead(out RouteChange change)
    {
        while (true)
        {
            var reader = new NetlinkReader(_datagram.AsSpan(_position, _length - _position));
            while (reader.MoveNext())
            {
                _position += Math.Min(NetlinkWriter.Align(NetlinkWriter.HeaderBytes + reader.Payload.Length), _length - _position);
                if (TryInterpret(reader.Type, reader.Payload, out change))
                {
                    return true;
                }
            }

            _position = 0;
            _length = _socket.Receive(_datagram, out int errno);
            switch (errno)
            {
                case 0:
                    break;
                case Errno.ENOBUFS:
                    change = new RouteChange(RouteChangeKind.Overrun);
                    return true;
                case Errno.EAGAIN:
                    change = default;
                    return false;
                default:
                    throw Errno.AsException(errno, "hear of changes to links and addresses");
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    internal static bool TryInterpret(ushort type, ReadOnlySpan<byte> payload, out RouteChange change)
    {
        change = default;
        switch (type)
        {
            case RTM_NEWLINK or RTM_DELLINK when RouteParser.TryReadLink(payload, out LinkInfo link):
                change = new RouteChange(type == RTM_NEWLINK ? RouteChangeKind.LinkChanged : RouteChangeKind.LinkRemoved) { Link = link };
                return true;
            case RTM_NEWADDR or RTM_DELADDR when RouteParser.TryReadAddress(payload, out AddressInfo address):
                change = new RouteChange(type == RTM_NEWADDR ? RouteChangeKind.AddressChanged : RouteChangeKind.AddressRemoved) { Address = address };
                return true;
            default:
                return false;
        }
    }
}
