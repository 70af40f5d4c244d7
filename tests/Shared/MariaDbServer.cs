using System.Diagnostics;

namespace Keepalived.Es.Tests;

/// <summary>A MariaDB server of a test's own: data, socket and log in a temporary folder, run as the user mysql.</summary>
internal sealed class MariaDbServer : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(30);

    private readonly string[] _options;
    private Process? _server;

    private MariaDbServer(string folder, int port, string[] options) => (Folder, Port, _options) = (folder, port, options);

    internal string Folder { get; }

    /// <summary>On 127.0.0.1.</summary>
    internal int Port { get; }

    /// <summary>root has no password here.</summary>
    internal string Socket => Path.Combine(Folder, "sock");

    internal string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string Data => Path.Combine(Folder, "data");

    /// <summary>Its own: servers that are installed side by side take each other's files away in /tmp.</summary>
    private string Temporary => Path.Combine(Folder, "tmp");

    private string LogFile => Path.Combine(Folder, "log.err");

    /// <summary>Makes a data directory and starts the server.</summary>
    /// <param name="options">Further options of mariadbd.</param>
    internal static async Task<MariaDbServer> StartAsync(params string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("keepalived-es-mariadb-").FullName;
        Run("chmod", "755", folder);
        var server = new MariaDbServer(folder, FreePort.Find(), options);
        Directory.CreateDirectory(server.Data);
        Directory.CreateDirectory(server.Temporary);
        Run("chown", "mysql:", folder, server.Data, server.Temporary);
        Run(
            "mariadb-install-db", "--no-defaults", $"--datadir={server.Data}", "--user=mysql", "--skip-test-db",
            "--auth-root-authentication-method=normal", $"--tmpdir={server.Temporary}", "--innodb-log-file-size=8M");
        await server.StartAgainAsync();
        return server;
    }

    internal async Task StartAgainAsync()
    {
        string[] arguments =
        [
            "--no-defaults", "--user=mysql", $"--datadir={Data}", $"--socket={Socket}", $"--port={Port}", "--bind-address=127.0.0.1",
            $"--pid-file={Folder}/pid", $"--log-error={LogFile}", "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M",
            "--skip-name-resolve", $"--tmpdir={Temporary}", .. _options,
        ];
        _server = Process.Start(new ProcessStartInfo("mariadbd", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> said = _server.StandardError.ReadToEndAsync();
        await UntilAsync("the server answers", () => _server.HasExited
            ? throw new InvalidOperationException($"mariadbd ended with {_server.ExitCode}: {said.Result}\n{Log}")
            : TrySql("SELECT 1", out _));
    }

    /// <summary>SIGKILL.</summary>
    internal void Kill()
    {
        _server?.Kill();
        _server?.WaitForExit();
    }

    /// <summary>Runs statements as root.</summary>
    /// <returns>What the client printed: values with tabs between, no headers.</returns>
    internal string Sql(string sql) => TrySql(sql, out string output) ? output : throw new InvalidOperationException($"{sql}: {output}\n{Log}");

    /// <summary>Waits for something to become true.</summary>
    internal async Task UntilAsync(string claim, Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < StartLimit, $"waited {StartLimit} in vain: {claim}\n{Log}");
            await Task.Delay(BetweenLooks);
        }
    }

    public void Dispose()
    {
        Kill();
        _server?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    internal static string Run(string program, params string[] arguments) =>
        TryRun(program, arguments, out string output) ? output : throw new InvalidOperationException($"{program} failed: {output}");

    private bool TrySql(string sql, out string output) =>
        TryRun("mariadb", ["--no-defaults", "--user=root", $"--socket={Socket}", "--batch", "--skip-column-names", $"--execute={sql}"], out output);

    private static bool TryRun(string program, string[] arguments, out string output)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(info)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        output = process.ExitCode == 0 ? printed.TrimEnd('\n') : printed + error.Result;
        return process.ExitCode == 0;
    }
}
