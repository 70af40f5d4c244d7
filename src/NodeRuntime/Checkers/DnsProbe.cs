using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary><c>DNS_CHECK</c>: a query over UDP is answered without error.</summary>
internal sealed class DnsProbe : DatagramProbe
{
    private static readonly ProbeResult Answered = ProbeResult.Success("answered");
    private readonly DnsCheckSettings _settings;
    private readonly ProbeResult _silence;

    /// <exception cref="ProbeSetupException">The name cannot be asked for.</exception>
    internal DnsProbe(DnsCheckSettings settings, ProbeReactor reactor)
        : base(reactor, new ProbeSocket(settings.Target), settings.Target.Timeout)
    {
        if (DnsCodec.Complaint(settings.Name) is { } complaint)
        {
            throw new ProbeSetupException(complaint);
        }

        _settings = settings;
        _silence = ProbeFailure.TimedOut(settings.Target.Timeout, "waiting for an answer");
    }

    internal override ProbeResult? Begin(ref ProbeFlight flight)
    {
        if (Socket.Open(LibC.SOCK_DGRAM, LibC.IPPROTO_UDP, isConnection: false, out flight.Descriptor) is { } failure)
        {
            return failure;
        }

        flight.Cookie = (ushort)Random.Shared.Next(ushort.MaxValue + 1);
        Span<byte> query = stackalloc byte[DnsCodec.QueryLimit];
        return Send(ref flight, query[..WriteQuery(flight, query)]);
    }

    internal override ProbeResult OnTimeout() => _silence;

    protected override ProbeResult? Judge(ref ProbeFlight flight, ReadOnlySpan<byte> datagram)
    {
        Span<byte> query = stackalloc byte[DnsCodec.QueryLimit];
        string? complaint = DnsCodec.ReadReply(datagram, query[..WriteQuery(flight, query)]);
        return complaint is null ? Answered : ProbeResult.Failure(complaint);
    }

    private int WriteQuery(in ProbeFlight flight, Span<byte> query) => DnsCodec.WriteQuery(query, (ushort)flight.Cookie, _settings.Name, _settings.Type);
}
