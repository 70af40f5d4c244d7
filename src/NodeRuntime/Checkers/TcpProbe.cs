using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary><c>TCP_CHECK</c>: a connection is made and closed.</summary>
internal sealed class TcpProbe(TcpCheckSettings settings, ProbeReactor reactor) : ReactorProbe(reactor, settings.Target.Timeout)
{
    private static readonly ProbeResult Connected = ProbeResult.Success("connected");
    private readonly ProbeSocket _socket = new(settings.Target);
    private readonly ProbeResult _timedOut = ProbeFailure.TimedOut(settings.Target.Timeout, "connecting");

    internal override uint Events => LibC.EPOLLOUT;

    internal override ProbeResult? Begin(ref ProbeFlight flight)
    {
        if (_socket.Open(LibC.SOCK_STREAM, LibC.IPPROTO_TCP, isConnection: true, out flight.Descriptor) is { } failure)
        {
            return failure;
        }

        int errno = _socket.Connect(flight.Descriptor);          // on loopback it is often made by the end of the call
        return errno == Errno.EINPROGRESS ? null : errno == 0 ? Connected : ProbeFailure.OfConnect(errno);
    }

    internal override ProbeResult? OnReady(ref ProbeFlight flight, in EpollEvent report, Span<byte> buffer)
    {
        int errno = report.IsError ? LibC.TakeError(flight.Descriptor) : 0;
        return errno == 0 ? Connected : ProbeFailure.Of(errno);
    }

    internal override ProbeResult OnTimeout() => _timedOut;
}
