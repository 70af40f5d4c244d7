using System.Diagnostics;
using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>The daemon itself, in a network namespace of its own, where its state directory cannot be used.</summary>
public sealed partial class UnusableStateLab : IDisposable
{
    private const int SIGTERM = 15;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [LabFact("unshare")]
    public async Task The_daemon_starts_and_stops_without_a_journal_a_log_file_or_a_buffer_for_Seq()
    {
        File.WriteAllText(_directory["file"], "no directory");
        File.WriteAllText(_directory["node.yaml"], $"state: {_directory["file/state"]}\nseq: {{url: 'http://127.0.0.1:9'}}\ncontrol-plane: {{url: 'http://127.0.0.1:9'}}\n");
        File.WriteAllText(
            _directory["k.conf"], "vrrp_instance VI_1 {\n  interface lo\n  virtual_router_id 51\n  virtual_ipaddress {\n    198.51.100.10/32\n  }\n}\n");
        var start = new ProcessStartInfo("unshare") { RedirectStandardError = true };
        Array.ForEach(
            ["--net", Path.Combine(AppContext.BaseDirectory, "keepalived-es"), "-n", "-l", "-f", _directory["k.conf"], "--node-config", _directory["node.yaml"], "-p", _directory["pid"]],
            start.ArgumentList.Add);
        using Process daemon = Process.Start(start)!;                // unshare becomes the daemon: the same process
        try
        {
            string said = "";
            while (!said.Contains("Startup complete", StringComparison.Ordinal) || !said.Contains("The journal refuses events", StringComparison.Ordinal))
            {
                said += await daemon.StandardError.ReadLineAsync() ?? throw new InvalidOperationException($"it ended: {said}");
            }

            Assert.Equal($"{daemon.Id}\n", File.ReadAllText(_directory["pid"]));
            Assert.Equal(0, kill(daemon.Id, SIGTERM));
            Task<string> rest = daemon.StandardError.ReadToEndAsync();
            await Until.EndsAsync(daemon.WaitForExitAsync(), "the daemon");
            Assert.Equal(0, daemon.ExitCode);
            Assert.Contains("events are lost: the journal refused them until the end", await rest, StringComparison.Ordinal);
            Assert.False(File.Exists(_directory["pid"]));
        }
        finally
        {
            daemon.Kill();
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int pid, int signal);
}
