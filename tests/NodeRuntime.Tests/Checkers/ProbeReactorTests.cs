using System.Collections.Concurrent;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

public sealed class ProbeReactorTests
{
    private const int Thousands = 2_000;

    [Fact]
    public async Task Thousands_of_tries_run_at_once_and_each_sink_hears_once()
    {
        using CheckServer server = Behaviour.Server("half-open", null, "");
        using CheckServer refusing = CheckServer.Refusing();
        using var reactor = new ProbeReactor();
        using var good = new TcpProbe(Checks.Tcp(Checks.Target(server.Port)), reactor);
        using var bad = new TcpProbe(Checks.Tcp(Checks.Target(refusing.Port)), reactor);
        var sink = new Results();
        for (int token = 0; token < Thousands; token++)
        {
            reactor.Start(token % 4 == 0 ? bad : good, sink, token);
        }

        await Until.TrueAsync(() => sink.ByToken.Count == Thousands, "all sinks hear");
        Assert.All(sink.ByToken, pair => Assert.Equal(pair.Key % 4 == 0 ? ProbeVerdict.Failed : ProbeVerdict.Succeeded, pair.Value.Verdict));
        Assert.Equal((Thousands, 0), (sink.Heard, reactor.Open));
    }

    [Fact]
    public async Task One_silent_server_delays_no_other()
    {
        using CheckServer deaf = CheckServer.Deaf();
        using CheckServer server = Behaviour.Server("half-open", null, "");
        using var reactor = new ProbeReactor();
        using var silent = new TcpProbe(Checks.Tcp(Checks.Target(deaf.Port)), reactor);
        using var good = new TcpProbe(Checks.Tcp(Checks.Target(server.Port)), reactor);
        var sink = new Results();
        long[] tickets = [.. Enumerable.Range(0, 100).Select(token => reactor.Start(silent, sink, token))];
        Assert.Equal(ProbeResult.Success("connected"), await good.RunAsync(0, TestContext.Current.CancellationToken));
        Assert.Equal(0, sink.Heard);
        Assert.All(tickets, ticket => Assert.True(reactor.Cancel(ticket)));
        Assert.Equal(0, reactor.Open);
        Assert.All(tickets, ticket => Assert.False(reactor.Cancel(ticket)));
    }

    [Fact]
    public async Task A_sink_may_start_the_next_try()
    {
        using CheckServer server = Behaviour.Server("half-open", null, "");
        using var reactor = new ProbeReactor();
        using var probe = new TcpProbe(Checks.Tcp(Checks.Target(server.Port)), reactor);
        var chain = new Chain(reactor, probe);
        reactor.Start(probe, chain, 300);
        await Until.EndsAsync(chain.End.Task, "300 tries, one after the other");
    }

    [Fact]
    public async Task A_cancelled_try_ends_at_once()
    {
        using CheckServer deaf = CheckServer.Deaf();
        using var reactor = new ProbeReactor();
        using var probe = new TcpProbe(Checks.Tcp(Checks.Target(deaf.Port)), reactor);
        using var cancel = new CancellationTokenSource();
        Task<ProbeResult> run = probe.RunAsync(0, cancel.Token).AsTask();
        await Until.TrueAsync(() => reactor.Open == 1, "the socket is open");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(0, reactor.Open);
    }

    [Fact]
    public async Task The_end_of_the_reactor_ends_all_tries()
    {
        using CheckServer deaf = CheckServer.Deaf();
        var reactor = new ProbeReactor();
        using var probe = new TcpProbe(Checks.Tcp(Checks.Target(deaf.Port)), reactor);
        Task<ProbeResult> run = probe.RunAsync(0, TestContext.Current.CancellationToken).AsTask();
        reactor.Dispose();
        Assert.Equal(new ProbeResult(ProbeVerdict.NotTried, "the checks are being ended"), await run);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => probe.RunAsync(0, TestContext.Current.CancellationToken).AsTask());
    }

    [Theory]
    [InlineData(ShortageChild.Descriptors, "no descriptor is left: EMFILE (Too many open files)")]
    public async Task What_this_host_lacks_is_no_failure_of_the_server(string shortage, string note)
    {
        using var child = new ChildProgram("ulimit -n 100", ShortageChild.Verb, shortage);
        Assert.Equal($"NotTried {note}", await child.Output.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal($"NotTried {note}", await child.Output.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("192.0.2.77", 0, null, "bind to 192.0.2.77: EADDRNOTAVAIL (Cannot assign requested address)")]
    [InlineData("127.0.0.9", 0, null, null)]
    [InlineData(null, 0, "nosuchif0", "bind to interface nosuchif0 (bind_if): ENODEV (No such device)")]
    public async Task The_local_side_is_bound_as_configured(string? address, int port, string? device, string? complaint)
    {
        using CheckServer server = Behaviour.Server("good", null, "HTTP/1.0 200 OK\r\n\r\n");
        CheckTarget target = Checks.Target(server.Port) with
        {
            BindAddress = address is null ? default : Domain.Vrrp.RouterAddress.Parse(address),
            BindPort = (ushort)port,
            BindInterface = device,
        };
        Assert.Equal(complaint is null ? ProbeResult.Success("connected") : ProbeResult.Failure(complaint), await Checks.RunAsync(Checks.Tcp(target)));
        Assert.Equal(complaint is null ? ProbeResult.Success("status 200") : ProbeResult.Failure(complaint), await Checks.RunAsync(Checks.Http(target)));
    }

    private sealed class Results : IProbeSink
    {
        private int _heard;

        internal ConcurrentDictionary<int, ProbeResult> ByToken { get; } = [];

        internal int Heard => Volatile.Read(ref _heard);

        public void OnProbed(int token, ProbeResult result)
        {
            Interlocked.Increment(ref _heard);
            ByToken[token] = result;
        }
    }

    private sealed class Chain(ProbeReactor reactor, TcpProbe probe) : IProbeSink
    {
        internal TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnProbed(int token, ProbeResult result)
        {
            if (token == 0)
            {
                End.SetResult();
            }
            else
            {
                reactor.Start(probe, this, token - 1);
            }
        }
    }
}
