using System.Diagnostics;
using System.Text;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>
/// Debian's keepalived, or our daemon in its place, in a namespace: the checking and balancing half only (<c>-C</c>). What it prints and what it writes to its
/// notify FIFO is kept.
/// </summary>
internal sealed class Balancer : IDisposable
{
    internal const string Keepalived = "keepalived";
    internal const string Ours = "ours";

    /// <summary>Stands in a configuration for a folder of the daemon's own.</summary>
    internal const string Folder = "@folder";

    private const string FifoName = "lvs.fifo";
    private const string LastLine = "the reader may end";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("balancer-").FullName;
    private readonly StringBuilder _log = new();
    private readonly List<string> _told = [];
    private readonly NetworkNamespace _network;
    private readonly string _kind;
    private readonly Thread _reader;
    private Process _process;

    /// <param name="kind"><see cref="Keepalived"/> or <see cref="Ours"/>.</param>
    internal Balancer(string kind, NetworkNamespace network, string configuration)
    {
        (_kind, _network) = (kind, network);
        Write(configuration);
        File.WriteAllText(Path.Combine(_folder, "node.yaml"), $"state: {_folder}/state\n");
        network.Execute("mkfifo", Path.Combine(_folder, FifoName));
        _reader = new Thread(ReadFifo) { IsBackground = true, Name = "FIFO" };
        _reader.Start();
        _process = Launch();
    }

    /// <summary>Line that a configuration with notifications has within <c>global_defs</c>.</summary>
    internal static string Fifo => $"lvs_notify_fifo {Folder}/{FifoName}";

    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Lines of the FIFO so far.</summary>
    internal string[] Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    /// <summary>Starts it and waits until its table stands.</summary>
    internal static async Task<Balancer> StartAsync(string kind, NetworkNamespace network, string configuration)
    {
        var balancer = new Balancer(kind, network, configuration);
        await balancer.AwaitAsync(() => balancer.Log.Contains("Startup complete", StringComparison.Ordinal), "Startup complete");
        return balancer;
    }

    /// <summary>A new configuration, and SIGHUP.</summary>
    internal void Reload(string configuration)
    {
        Write(configuration);
        Signal("HUP");
    }

    internal async Task StopAsync()
    {
        Signal("TERM");
        await AwaitAsync(() => _process.HasExited, "its end");
    }

    /// <summary>As a crash would end it.</summary>
    internal async Task KillAsync()
    {
        Signal("KILL");
        await AwaitAsync(() => _process.HasExited, "its end");
    }

    /// <summary>Starts it again as it was.</summary>
    internal async Task StartAgainAsync()
    {
        int from = Log.Length;
        _process.Dispose();
        _process = Launch();
        await AwaitAsync(() => Log[from..].Contains("Startup complete", StringComparison.Ordinal), "Startup complete again");
    }

    /// <summary>Waits for a condition.</summary>
    /// <param name="what">It, in words.</param>
    internal async Task AwaitAsync(Func<bool> condition, string what, Func<string>? seen = null)
    {
        const int LookMs = 50;
        using var limit = new CancellationTokenSource(_limit);
        while (!condition())
        {
            if (limit.IsCancellationRequested || _process.HasExited)
            {
                Assert.Fail($"{_kind}: no {what}, {(_process.HasExited ? "it has ended" : $"after {_limit.TotalSeconds} s")}\n{seen?.Invoke()}\n{Log}");
            }

            await Task.Delay(LookMs, CancellationToken.None);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        using (var end = new FileStream(Path.Combine(_folder, FifoName), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0))
        {
            end.Write(Encoding.ASCII.GetBytes($"{LastLine}\n"));
            _reader.Join();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string ConfigurationFile => Path.Combine(_folder, "keepalived.conf");

    private void Write(string configuration) =>
        File.WriteAllText(ConfigurationFile, configuration.Replace(Folder, _folder, StringComparison.Ordinal));

    private void Signal(string name) => _network.Execute("kill", $"-{name} {_process.Id}");

    private Process Launch()
    {
        string[] common = ["-C", "-n", "-l", "-D", "-f", ConfigurationFile, "-p", $"{_folder}/pid", "-c", $"{_folder}/checkers.pid"];
        ProcessStartInfo start = _kind == Keepalived
            ? new ProcessStartInfo("keepalived", common)
            : new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "keepalived-es"), [.. common, $"--node-config={_folder}/node.yaml"]);
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _network.Run(process.Start);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.Append(line).Append('\n');
        }
    }

    /// <summary>Opened for writing too: it never ends because a daemon ends.</summary>
    private void ReadFifo()
    {
        using var stream = new FileStream(Path.Combine(_folder, FifoName), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line && line != LastLine)
        {
            lock (_told)
            {
                _told.Add(line.Trim('\0'));
            }
        }
    }
}
