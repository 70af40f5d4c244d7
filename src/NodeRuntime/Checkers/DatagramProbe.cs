using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>A probe that sends one datagram from a socket of its own and judges what comes back.</summary>
internal abstract unsafe class DatagramProbe : ReactorProbe
{
    /// <summary>Datagrams read at one report before others have their turn.</summary>
    private const int ReadsAtOnce = 16;

    protected DatagramProbe(ProbeReactor reactor, ProbeSocket socket, TimeSpan timeout)
        : base(reactor, timeout) => Socket = socket;

    internal override uint Events => LibC.EPOLLIN;

    protected ProbeSocket Socket { get; }

    /// <summary>Judges a datagram.</summary>
    /// <returns>Null: it has nothing to do with us.</returns>
    protected abstract ProbeResult? Judge(ref ProbeFlight flight, ReadOnlySpan<byte> datagram);

    /// <summary>Connects, so that errors on the way come back, and sends.</summary>
    protected ProbeResult? Send(ref ProbeFlight flight, ReadOnlySpan<byte> datagram)
    {
        _ = Socket.IsIPv6                                        // ICMP's "host unreachable" is told to who asks for it
            ? LibC.TrySetOption(flight.Descriptor, LibC.IPPROTO_IPV6, LibC.IPV6_RECVERR, 1)
            : LibC.TrySetOption(flight.Descriptor, LibC.IPPROTO_IP, LibC.IP_RECVERR, 1);
        if (Socket.Connect(flight.Descriptor) is var connectError and not 0)
        {
            return ProbeFailure.OfConnect(connectError);
        }

        fixed (byte* bytes = datagram)
        {
            if (LibC.send(flight.Descriptor, bytes, (nuint)datagram.Length, LibC.MSG_NOSIGNAL) >= 0)
            {
                return null;
            }
        }

        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.EAGAIN
            ? new ProbeResult(ProbeVerdict.NotTried, $"the send buffer is full: {Errno.Describe(errno)}")
            : OfError(errno);
    }

    internal override ProbeResult? OnReady(ref ProbeFlight flight, in EpollEvent report, Span<byte> buffer)
    {
        for (int i = 0; i < ReadsAtOnce; i++)
        {
            nint length;
            fixed (byte* bytes = buffer)
            {
                length = LibC.recv(flight.Descriptor, bytes, (nuint)buffer.Length, 0);
            }

            if (length < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                errno = errno == Errno.EAGAIN && report.IsError ? LibC.TakeError(flight.Descriptor) : errno;
                return errno is Errno.EAGAIN or Errno.EINTR or 0 ? null : OfError(errno);
            }

            if (Judge(ref flight, buffer[..(int)length]) is { } result)
            {
                return result;
            }
        }

        return null;
    }

    /// <summary>ECONNREFUSED is what the kernel makes of ICMP's "port unreachable".</summary>
    private static ProbeResult OfError(int errno) => errno == Errno.ECONNREFUSED ? ProbeResult.Failure("port unreachable") : ProbeFailure.Of(errno);
}
