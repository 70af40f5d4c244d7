using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Checkers;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.Benchmarks;

/// <summary>
/// What a TCP check costs: 2,000 a second, which is 10,000 servers every 5 s, each with an address of its own on loopback. The server is another process.
/// The floor is the least that any program must do: socket, connect, close.
/// </summary>
internal static class ProbeCost
{
    private const int Servers = 10_000;
    private const int ChecksASecond = 2_000;
    private const int Port = 7_777;
    private static readonly ProbeSocket[] Sockets = [.. Enumerable.Range(0, Servers).Select(number => new ProbeSocket(Settings(number).Target))];
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>Accepts and closes until it is killed.</summary>
    internal static int Accept()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen(4096);
        Console.WriteLine("ready");
        while (true)
        {
            listener.Accept().Dispose();
        }
    }

    internal static int Run(TimeSpan length)
    {
        string[] accept = [typeof(ProbeCost).Assembly.Location, "accept"];
        using Process server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, accept) { RedirectStandardOutput = true })!;
        try
        {
            server.StandardOutput.ReadLine();
            using var reactor = new ProbeReactor();
            TcpProbe[] probes = [.. Enumerable.Range(0, Servers).Select(number => new TcpProbe(Settings(number), reactor))];
            var sink = new Counter();
            Pace(TimeSpan.FromSeconds(2), number => reactor.Start(probes[number % Servers], sink, 0));
            (long before, TimeSpan spent) = (sink.Succeeded, Cpu());
            Pace(length, number => reactor.Start(probes[number % Servers], sink, 0));
            Print("probe reactor", Cpu() - spent, sink.Succeeded - before);

            spent = Cpu();
            int made = 0;
            Pace(length, number => made += ConnectOnce(number));
            Print("socket, connect, close", Cpu() - spent, made);
            Console.WriteLine($"failed or not tried: {sink.Others}");
            return 0;
        }
        finally
        {
            server.Kill();
        }
    }

    private static void Print(string what, TimeSpan cpu, long checks) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {checks} checks, {cpu.TotalMicroseconds / checks:F1} us of CPU each"));

    private static TimeSpan Cpu()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    private static RouterAddress AddressOf(int number) => new((127u << 24) + (1u << 16) + (uint)number + 1);

    private static TcpCheckSettings Settings(int number) =>
        new() { Span = new SourceSpan("", 1, 1, 1), Target = new CheckTarget { Address = AddressOf(number), Port = Port } };

    private static void Pace(TimeSpan length, Action<int> check)
    {
        long start = Stopwatch.GetTimestamp();
        for (int number = 0; Stopwatch.GetElapsedTime(start) < length;)
        {
            int due = (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * ChecksASecond);
            for (; number < due; number++)
            {
                check(number);
            }

            Thread.Sleep(Tick);
        }
    }

    /// <summary>Waits for the connection within the call.</summary>
    private static int ConnectOnce(int number)
    {
        using SafeDescriptor descriptor = LibC.OpenSocket(LibC.AF_INET, LibC.SOCK_STREAM, LibC.IPPROTO_TCP);
        return Sockets[number % Servers].Connect(descriptor.Number) == 0 ? 1 : 0;
    }

    private sealed class Counter : IProbeSink
    {
        private long _succeeded;
        private long _others;

        internal long Succeeded => Volatile.Read(ref _succeeded);

        internal long Others => Volatile.Read(ref _others);

        public void OnProbed(int token, ProbeResult result) => Interlocked.Increment(ref result.Verdict == ProbeVerdict.Succeeded ? ref _succeeded : ref _others);
    }
}
