using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;

namespace Keepalived.Es.Tests;

/// <summary>
/// A network namespace with a thread of its own that lives in it. It has no name, so it ends with the thread and the sockets opened there,
/// however the test ends.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private int _threadId;

    internal NetworkNamespace()
    {
        LabRequirements.Demand();
        _thread = new Thread(Loop) { IsBackground = true, Name = "namespace" };
        _thread.Start();
        Run(() =>
        {
            if (LibC.unshare(LibC.CLONE_NEWNET) != 0)
            {
                throw Errno.LastAsException("unshare(CLONE_NEWNET)");
            }

            _threadId = LibC.gettid();
        });
        Ip("link set lo up");
    }

    /// <summary>Path by which <c>ip link … netns PATH</c> finds the namespace.</summary>
    internal string Path => $"/proc/{LibC.getpid()}/task/{_threadId}/ns/net";

    /// <summary>Two namespaces joined by a veth pair: <c>left</c> 10.51.0.1/24 and <c>right</c> 10.51.0.2/24, both up.</summary>
    internal static (NetworkNamespace Left, NetworkNamespace Right) Pair()
    {
        var left = new NetworkNamespace();
        var right = new NetworkNamespace();
        left.Ip($"link add left type veth peer name right netns {right.Path}");
        left.Ip("addr add 10.51.0.1/24 dev left");
        right.Ip("addr add 10.51.0.2/24 dev right");
        left.Ip("link set left up");
        right.Ip("link set right up");
        left.AwaitRunning("left");
        right.AwaitRunning("right");
        return (left, right);
    }

    /// <summary>Waits until the kernel has taken note of the carrier; before that it drops what is sent.</summary>
    internal void AwaitRunning(string name)
    {
        const int LookMs = 50;                                   // the kernel does not tell of every step on the way
        const int Looks = 400;
        using RouteMonitor monitor = Run(() => new RouteMonitor());
        using RouteSocket route = Run(() => new RouteSocket());
        using var epoll = new Epoll();
        epoll.Add(monitor.Descriptor, token: 1);
        for (int look = 0; !route.DumpLinks().Exists(link => link.Name == name && link.IsUp); look++)
        {
            if (look == Looks)
            {
                throw new TimeoutException($"{name} does not run");
            }

            epoll.Wait(new EpollEvent[1], LookMs);
            while (monitor.TryRead(out _))
            {
            }
        }
    }

    internal void Run(Action action) => Run(() =>
    {
        action();
        return 0;
    });

    /// <summary>Runs on the namespace's thread and waits for it.</summary>
    internal T Run<T>(Func<T> function)
    {
        if (Thread.CurrentThread == _thread)
        {
            return function();
        }

        using var done = new ManualResetEventSlim();
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    internal int IndexOf(string name) => Run(() => (int)LibC.if_nametoindex(name));

    /// <summary>Runs <c>ip</c> in the namespace.</summary>
    internal string Ip(string arguments) => Execute("ip", arguments);

    /// <summary>Runs a program in the namespace, in which a child is that a thread of it starts, and gives its output.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    internal string Execute(string program, string arguments) => Run(() =>
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments}: {error}");
    });

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Loop()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
