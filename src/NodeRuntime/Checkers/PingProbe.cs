using System.Buffers.Binary;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>
/// <c>PING_CHECK</c>: an echo is answered. The kernel's own sockets for it (icmp(7)) where <c>net.ipv4.ping_group_range</c> allows them, otherwise
/// raw ones: the setting itself is left as it is.
/// </summary>
internal sealed class PingProbe(PingCheckSettings settings, ProbeReactor reactor)
    : DatagramProbe(reactor, new ProbeSocket(settings.Target with { Port = 0, BindPort = 0 }), settings.Target.Timeout)
{
    private const ushort Sequence = 1;
    private const int EACCES = 13;
    private static readonly ProbeResult Answered = ProbeResult.Success("echo answered");
    private readonly ProbeResult _silence = ProbeFailure.TimedOut(settings.Target.Timeout, "waiting for an echo");

    internal override ProbeResult? Begin(ref ProbeFlight flight)
    {
        if (Open(ref flight) is { } failure)
        {
            return failure;
        }

        flight.Cookie = (ulong)Random.Shared.NextInt64();
        Span<byte> request = stackalloc byte[EchoCodec.Length];
        EchoCodec.WriteRequest(request, Socket.IsIPv6, Id(flight), Sequence, flight.Cookie);
        return Send(ref flight, request);
    }

    internal override ProbeResult OnTimeout() => _silence;

    protected override ProbeResult? Judge(ref ProbeFlight flight, ReadOnlySpan<byte> datagram) =>
        EchoCodec.IsReply(datagram, Socket.IsIPv6, flight.IsRaw && !Socket.IsIPv6, flight.IsRaw ? Id(flight) : null, Sequence, flight.Cookie)
            ? Answered
            : null;

    private static ushort Id(in ProbeFlight flight)
    {
        Span<byte> cookie = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(cookie, flight.Cookie);
        return BinaryPrimitives.ReadUInt16BigEndian(cookie);
    }

    private ProbeResult? Open(ref ProbeFlight flight)
    {
        int protocol = Socket.IsIPv6 ? LibC.IPPROTO_ICMPV6 : LibC.IPPROTO_ICMP;
        int allowed = LibC.TryOpenSocket(Socket.IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_DGRAM, protocol);
        flight.IsRaw = allowed == -EACCES;
        if (allowed < 0)
        {
            return flight.IsRaw
                ? Socket.Open(LibC.SOCK_RAW, protocol, isConnection: false, out flight.Descriptor)
                : ProbeFailure.OfSetup(-allowed, "open a socket for echoes");
        }

        flight.Descriptor = allowed;
        return Socket.Prepare(allowed, isConnection: false);
    }
}
