using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;
using Keepalived.Es.NodeRuntime.Vrrp;

namespace Keepalived.Es.Benchmarks;

/// <summary>What the loop does over and over: send an advertisement, receive one, re-arm. Without the system calls, whose own tests are in NodeRuntime.Tests.</summary>
public class SteadyState
{
    private static readonly RouterAddress Self = RouterAddress.Parse("192.0.2.1");
    private static readonly RouterAddress Peer = RouterAddress.Parse("192.0.2.2");
    private static readonly RouterAddress Group = RouterAddress.Parse("224.0.0.18");
    private static readonly VrrpConfig Config = new() { Instance = "VI_1", Vrid = 51, Priority = 100 };

    private static readonly AdvertisementFormat Format = new()
    {
        Vrid = 51,
        Version = 2,
        AdverInterval = TimeSpan.FromSeconds(1),
        Addresses = [RouterAddress.Parse("192.0.2.100")],
        Password = ImmutableArray.Create("password"u8),
    };

    private readonly EffectBuffer _effects = new();
    private readonly DeadlineHeap _deadlines = new(200);
    private readonly PeerDigests _digests = new();
    private readonly FlightRecorder _recorder = new(Config);
    private readonly SendBatch _batch = new(256, AdvertisementCodec.MaximumLength);
    private readonly byte[] _datagram = new byte[20 + AdvertisementCodec.MaximumLength];
    private VrrpState _master;
    private VrrpState _backup;
    private TimeSpan _now;
    private int _length;

    /// <summary>A Master, a Backup, and the datagram that the Backup hears.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _now = TimeSpan.FromSeconds(1000);
        _backup = VrrpMachine.Step(Config, VrrpMachine.Initial(Config), VrrpInput.Startup(Self), _now, _effects);
        _master = VrrpMachine.Step(Config, _backup, VrrpInput.Deadline(), _backup.Deadline, _effects);
        _now = _master.Deadline;
        (_datagram[0], _datagram[8], _datagram[9]) = (0x45, 255, AdvertisementCodec.ProtocolNumber);
        Peer.WriteIPv4(_datagram.AsSpan(12));
        Group.WriteIPv4(_datagram.AsSpan(16));
        _length = 20 + AdvertisementCodec.Encode(_datagram.AsSpan(20), Format, 200, new AdvertisementEnvelope(Peer, Group, 255));
        _datagram[3] = (byte)_length;
    }

    /// <summary>One advertisement of a Master, up to the system call.</summary>
    [Benchmark]
    public int Send()
    {
        _now += Config.AdverInterval;
        VrrpInput input = VrrpInput.Deadline();
        _recorder.Add(_now, in input);
        _effects.Clear();
        _master = VrrpMachine.Step(Config, _master, in input, _now, _effects);
        _deadlines.Set(51, _master.NextDeadline);
        _digests.Count(Self, _effects.Items[0].Priority, _now);
        _batch.Clear();
        _batch.TryReserve(new InternetAddress4(Group), out Span<byte> payload);
        _batch.Commit(AdvertisementCodec.Encode(payload, Format, _effects.Items[0].Priority, new AdvertisementEnvelope(Self, Group, 255)));
        return _batch.Count;
    }

    /// <summary>One advertisement that a Backup hears, from the system call on.</summary>
    [Benchmark]
    public TimeSpan Receive()
    {
        _now += Config.AdverInterval;
        AdvertisementCodec.TryReadIPv4(_datagram.AsSpan(0, _length), out AdvertisementEnvelope envelope, out ReadOnlySpan<byte> message);
        AdvertisementCodec.Decode(message, Format, in envelope, out Advertisement heard, out _);
        _digests.Count(heard.Source, heard.Priority, _now);
        var input = new VrrpInput(VrrpInputKind.AdvertisementReceived) { Advertisement = heard };
        _recorder.Add(_now, in input);
        _effects.Clear();
        _backup = VrrpMachine.Step(Config, _backup, in input, _now, _effects);
        _deadlines.Set(50, _backup.NextDeadline);
        return _deadlines.Next;
    }
}
