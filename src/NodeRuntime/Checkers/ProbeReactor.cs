using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Vrrp;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>
/// The one thread on which thousands of probes wait at once: an epoll(7), and their deadlines in a heap. Sockets live in the network namespace of
/// the thread that makes the reactor. A try without a free place waits for one, in the order of starting.
/// </summary>
internal sealed partial class ProbeReactor : IDisposable
{
    /// <summary>Sockets open at once, at most.</summary>
    internal const int MaximumOpen = 16_384;

    /// <summary>Tries open and waiting, at most; a further one is not made, and its result says so.</summary>
    internal const int MaximumFlights = 65_536;

    /// <summary>HTTP and SMTP tries under way at once, at most; they run on the thread pool.</summary>
    internal const int MaximumStreams = 4_096;

    /// <summary>Tries begun before others' answers have their turn.</summary>
    private const int StartsAtOnce = 64;

    private const int MaximumEvents = 256;
    private const int FirstCapacity = 64;
    private const int StackBytes = 256 * 1024;
    private const int WakeToken = -1;

    private readonly Lock _lock = new();
    private readonly Epoll _epoll = new();
    private readonly Wakeup _wakeup = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private readonly Stack<int> _free = new();
    private readonly Queue<(int Place, int Generation)> _waiting = new();
    private readonly Thread _thread;
    private ProbeFlight[] _flights = new ProbeFlight[FirstCapacity];
    private DeadlineHeap _deadlines = new(FirstCapacity);
    private int _used;
    private int _open;
    private bool _isAsleep;
    private bool _isStopping;

    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left (EMFILE, ENFILE).</exception>
    internal ProbeReactor()
    {
        _epoll.Add(_wakeup.Descriptor, WakeToken);
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "probes" };
        _thread.Start();
    }

    /// <summary>Places for HTTP and SMTP tries.</summary>
    internal SemaphoreSlim Streams { get; } = new(MaximumStreams);

    /// <summary>Sockets open just now.</summary>
    internal int Open => Volatile.Read(ref _open);

    /// <summary>Makes one try. From any thread; never blocks.</summary>
    /// <param name="token">Comes back with the result.</param>
    /// <returns>For <see cref="Cancel"/>.</returns>
    /// <exception cref="ObjectDisposedException">The reactor has ended.</exception>
    internal long Start(ReactorProbe probe, IProbeSink sink, int token)
    {
        bool wake;
        long ticket;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            int place = TakePlace();
            ref ProbeFlight flight = ref _flights[place];
            (flight.Probe, flight.Sink, flight.Token, flight.Descriptor) = (probe, sink, token, -1);
            _waiting.Enqueue((place, flight.Generation));
            ticket = ((long)flight.Generation << 32) | (uint)place;
            wake = _isAsleep;
            _isAsleep = false;
        }

        if (wake)
        {
            _wakeup.Signal();
        }

        return ticket;
    }

    /// <summary>Ends a try at once. From any thread.</summary>
    /// <returns>True: its sink will not hear of it. False: it has heard, or is hearing just now.</returns>
    internal bool Cancel(long ticket)
    {
        lock (_lock)
        {
            (int place, int generation) = ((int)(uint)ticket, (int)(ticket >> 32));
            if (_flights[place].Generation != generation || _flights[place].Probe is null)
            {
                return false;
            }

            Release(place);
            if (_waiting.Count == 0)
            {
                return true;
            }
        }

        _wakeup.Signal();                                        // the place is another's now
        return true;
    }

    /// <summary>Ends all tries; their results say so.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return;
            }

            _isStopping = true;
        }

        _wakeup.Signal();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    /// <summary>A free place; grows by doubling.</summary>
    private int TakePlace()
    {
        if (_free.TryPop(out int place))
        {
            return place;
        }

        if (_used == _flights.Length)
        {
            Array.Resize(ref _flights, 2 * _flights.Length);
            DeadlineHeap former = _deadlines;
            _deadlines = new DeadlineHeap(_flights.Length);
            for (; former.Next != VrrpState.Never; former.Set(former.First, VrrpState.Never))
            {
                _deadlines.Set(former.First, former.Next);
            }
        }

        return _used++;
    }

    private void Release(int place)
    {
        ref ProbeFlight flight = ref _flights[place];
        Close(ref flight);
        _deadlines.Set(place, VrrpState.Never);
        (flight.Probe, flight.Sink, flight.IsRaw) = (null, null, false);
        flight.Generation++;
        _free.Push(place);
    }
}
