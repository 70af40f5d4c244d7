using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary><c>UDP_CHECK</c>: a datagram is not refused or, with <c>require_reply</c>, answered as wanted.</summary>
internal sealed class UdpProbe(UdpCheckSettings settings, ProbeReactor reactor)
    : DatagramProbe(reactor, new ProbeSocket(settings.Target), settings.Target.Timeout)
{
    /// <summary>Bytes of a random payload.</summary>
    private const int RandomLength = 16;

    private static readonly ProbeResult Answered = ProbeResult.Success("answered");
    private readonly ProbeResult _silence = settings.RequireReply
        ? ProbeFailure.TimedOut(settings.Target.Timeout, "waiting for a reply")
        : ProbeResult.Success("not refused");

    internal override ProbeResult? Begin(ref ProbeFlight flight)
    {
        if (Socket.Open(LibC.SOCK_DGRAM, LibC.IPPROTO_UDP, isConnection: false, out flight.Descriptor) is { } failure)
        {
            return failure;
        }

        if (!settings.Payload.IsEmpty)
        {
            return Send(ref flight, settings.Payload.AsSpan());
        }

        Span<byte> payload = stackalloc byte[RandomLength];
        Random.Shared.NextBytes(payload);
        return Send(ref flight, payload);
    }

    internal override ProbeResult OnTimeout() => _silence;

    protected override ProbeResult? Judge(ref ProbeFlight flight, ReadOnlySpan<byte> datagram)
    {
        if (!settings.RequireReply)
        {
            return Answered;
        }

        string? complaint = UdpReply.Complaint(
            datagram, settings.Reply.AsSpan(), settings.ReplyMask.AsSpan(), settings.MinimumReplyLength, settings.MaximumReplyLength);
        return complaint is null ? Answered : ProbeResult.Failure(complaint);
    }
}
