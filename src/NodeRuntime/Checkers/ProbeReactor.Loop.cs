using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>The thread's own part: wait, hand out results, begin what waits for its turn. Sinks are called outside the lock.</summary>
internal sealed partial class ProbeReactor
{
    private void Run()
    {
        Span<EpollEvent> reports = stackalloc EpollEvent[MaximumEvents];
        while (NextWait() is { } timeoutMs)
        {
            int count = _epoll.Wait(reports, timeoutMs);
            lock (_lock)
            {
                _isAsleep = false;
            }

            foreach (ref readonly EpollEvent report in reports[..count])
            {
                Deliver(Handle(in report));
            }

            while (Expire() is { } silence)
            {
                Deliver(silence);
            }

            for (int i = 0; i < StartsAtOnce && BeginNext(out Completion? atOnce); i++)
            {
                Deliver(atOnce);
            }
        }

        End();
    }

    private static void Deliver(in Completion? done) => done?.Sink.OnProbed(done.Value.Token, done.Value.Result);

    /// <returns>Milliseconds, -1: no limit; null: all is over.</returns>
    private int? NextWait()
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return null;
            }

            if (_waiting.Count > 0 && _open < MaximumOpen)
            {
                return 0;
            }

            _isAsleep = true;
            TimeSpan due = _deadlines.Next;
            return due == VrrpState.Never ? -1 : (int)Math.Clamp(Math.Ceiling((due - MonotonicClock.Now).TotalMilliseconds), 0, int.MaxValue);
        }
    }

    private Completion? Handle(in EpollEvent report)
    {
        if (report.Token == WakeToken)
        {
            _wakeup.Drain();
            return null;
        }

        lock (_lock)
        {
            ref ProbeFlight flight = ref _flights[report.Token];
            if (flight.Generation != report.Tag || flight.Probe is not { } probe)
            {
                return null;                                     // of a former use of the place
            }

            return probe.OnReady(ref flight, in report, _buffer) is { } result ? Finish(report.Token, result) : null;
        }
    }

    private Completion? Expire()
    {
        lock (_lock)
        {
            return _deadlines.Next <= MonotonicClock.Now ? Finish(_deadlines.First, _flights[_deadlines.First].Probe!.OnTimeout()) : null;
        }
    }

    /// <returns>False: none waits, or there is no place.</returns>
    private bool BeginNext(out Completion? atOnce)
    {
        atOnce = null;
        lock (_lock)
        {
            if (_waiting.Count == 0 || (_open >= MaximumOpen && _waiting.Count <= MaximumFlights))
            {
                return false;
            }

            (int place, int generation) = _waiting.Dequeue();
            ref ProbeFlight flight = ref _flights[place];
            if (flight.Generation == generation && flight.Probe is { } probe)
            {
                atOnce = Begin(place, probe) is { } result ? Finish(place, result) : null;
            }

            return true;
        }
    }

    private ProbeResult? Begin(int place, ReactorProbe probe)
    {
        if (_waiting.Count >= MaximumFlights)
        {
            return new ProbeResult(ProbeVerdict.NotTried, $"more than {MaximumFlights} checks wait for their turn");
        }

        ref ProbeFlight flight = ref _flights[place];
        ProbeResult? result = probe.Begin(ref flight);
        _open += flight.Descriptor >= 0 ? 1 : 0;
        if (result is not null)
        {
            return result;
        }

        if (_epoll.TryAdd(flight.Descriptor, probe.Events, place, flight.Generation) is var errno and not 0)
        {
            return ProbeFailure.OfSetup(errno, "watch the socket");
        }

        TimeSpan now = MonotonicClock.Now;
        _deadlines.Set(place, probe.Timeout < VrrpState.Never - now ? now + probe.Timeout : VrrpState.Never);
        return null;
    }

    private Completion Finish(int place, ProbeResult result)
    {
        ref ProbeFlight flight = ref _flights[place];
        var done = new Completion(flight.Sink!, flight.Token, result);
        Release(place);
        return done;
    }

    /// <summary>A child between fork and exec may hold a copy, so that reports for it still come; the generation tells them.</summary>
    private void Close(ref ProbeFlight flight)
    {
        if (flight.Descriptor >= 0)
        {
            _ = LibC.close(flight.Descriptor);
            flight.Descriptor = -1;
            _open--;
        }
    }

    private void End()
    {
        for (int place = 0; place < _used; place++)              // none is added any more
        {
            Deliver(EndOne(place));
        }

        _epoll.Dispose();
        _wakeup.Dispose();
    }

    private Completion? EndOne(int place)
    {
        lock (_lock)
        {
            return _flights[place].Probe is null ? null : Finish(place, new ProbeResult(ProbeVerdict.NotTried, "the checks are being ended"));
        }
    }

    private readonly record struct Completion(IProbeSink Sink, int Token, ProbeResult Result);
}
