using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Arp;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using Keepalived.Es.NodeRuntime.Linux.Sockets;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

public sealed class AllocationLab
{
    private const int Rounds = 10_000;
    private const int WarmUpRounds = 100;
    private const int LimitMs = 10_000;

    [LabFact]
    public void Ten_thousand_rounds_of_the_steady_path_allocate_nothing()
    {
        (NetworkNamespace left, NetworkNamespace right) = NetworkNamespace.Pair();
        using NetworkNamespace leftEnd = left;
        using NetworkNamespace rightEnd = right;
        using var loop = new SteadyPath(left, right);
        loop.Run(WarmUpRounds);
        int rounds = WarmUpRounds + (Rounds * Allocations.None(() => loop.Run(Rounds)));
        Assert.Equal((rounds, rounds), (loop.PacketsHeard, loop.TimersFired));
    }

    /// <summary>One node's sending half and another's receiving half, on one thread.</summary>
    private sealed class SteadyPath : IDisposable
    {
        private const int ReceiveToken = 1;
        private const int TimerToken = 2;
        private const int WakeupToken = 3;
        private static readonly byte[] _packet = Convert.FromHexString("2133640100010000C0000264");
        private readonly VrrpSendSocket _sender;
        private readonly VrrpReceiveSocket _receiver;
        private readonly GratuitousArpSocket _arp;
        private readonly RouteMonitor _monitor;
        private readonly int _leftIndex;
        private readonly RouterAddress _source = RouterAddress.Parse("10.51.0.1");
        private readonly SendBatch _out = new(capacity: 4, payloadLimit: 64);
        private readonly ReceiveBatch _in = new();
        private readonly Epoll _epoll = new();
        private readonly MonotonicTimer _timer = new();
        private readonly Wakeup _wakeup = new();
        private readonly EpollEvent[] _ready = new EpollEvent[8];

        internal SteadyPath(NetworkNamespace left, NetworkNamespace right)
        {
            _leftIndex = left.IndexOf("left");
            var leftEnd = new VrrpEndpoint("left", _leftIndex, _source, VrrpEndpoint.DefaultGroup4);
            var rightEnd = new VrrpEndpoint("right", right.IndexOf("right"), RouterAddress.Parse("10.51.0.2"), VrrpEndpoint.DefaultGroup4);
            _sender = left.Run(() => VrrpSendSocket.Open(leftEnd));
            _arp = left.Run(() => new GratuitousArpSocket());
            _receiver = right.Run(() => VrrpReceiveSocket.Open(rightEnd));
            _monitor = right.Run(() => new RouteMonitor());
            _epoll.Add(_receiver.Descriptor, ReceiveToken);
            _epoll.Add(_timer.Descriptor, TimerToken);
            _epoll.Add(_wakeup.Descriptor, WakeupToken);
        }

        internal int PacketsHeard { get; private set; }

        internal int TimersFired { get; private set; }

        internal void Run(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                SendPacket();
                SendArp();
                _timer.Arm(MonotonicClock.Now);
                _wakeup.Signal();
                while (PacketsHeard + TimersFired < 2 * (TotalRounds + 1))
                {
                    WaitOnce();
                }

                while (_monitor.TryRead(out _))
                {
                }

                TotalRounds++;
            }
        }

        private int TotalRounds { get; set; }

        public void Dispose()
        {
            foreach (IDisposable part in (IDisposable[])[_sender, _receiver, _arp, _monitor, _out, _in, _epoll, _timer, _wakeup])
            {
                part.Dispose();
            }
        }

        private void SendPacket()
        {
            _out.Clear();
            _sender.TryReserve(_out, out Span<byte> payload);
            _packet.CopyTo(payload);
            _out.Commit(_packet.Length);
            if (_sender.Flush(_out) != 0)
            {
                throw Errno.AsException(_out.Errors[0], "send");
            }
        }

        private void SendArp()
        {
            _out.Clear();
            GratuitousArpSocket.TryAdd(_out, _leftIndex, GratuitousArpTests.Sender, _source);
            _arp.Flush(_out);
        }

        private void WaitOnce()
        {
            int count = _epoll.Wait(_ready, LimitMs);
            for (int i = 0; i < count; i++)
            {
                switch (_ready[i].Token)
                {
                    case ReceiveToken:
                        int received = _in.Receive(_receiver);
                        for (int j = 0; j < received; j++)
                        {
                            PacketsHeard += _in[j].Source == _source && _in[j].Payload.SequenceEqual(_packet) ? 1 : 0;
                        }

                        break;
                    case TimerToken:
                        TimersFired += _timer.Drain() ? 1 : 0;
                        break;
                    default:
                        _wakeup.Drain();
                        break;
                }
            }

            if (count == 0)
            {
                throw new TimeoutException("nothing came");
            }
        }
    }
}
