using System.ComponentModel;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Bfd;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Scheduling;
using Keepalived.Es.NodeRuntime.Lvs;
using Keepalived.Es.NodeRuntime.Tracking;
using Keepalived.Es.NodeRuntime.Vrrp;

namespace Keepalived.Es.NodeRuntime;

/// <summary>Puts the parts together, starts them, waits for a signal, and stops them in order: nothing that matters waits for something that does not.</summary>
internal static class Daemon
{
    private const string DefaultPidFile = "/run/keepalived.pid";

    /// <summary>After it the first election is over, and what only the start needed can be given back.</summary>
    private static readonly TimeSpan SettlingTime = TimeSpan.FromSeconds(20);

    /// <summary>Of the control plane's answers.</summary>
    private const int MaximumAnswerBytes = 1 << 20;

    /// <summary>Runs until SIGTERM or SIGINT.</summary>
    /// <returns>Exit code.</returns>
    /// <exception cref="DaemonException">It cannot start.</exception>
    internal static async Task<int> RunAsync(CommandLine options)
    {
        NodeSettings settings = NodeSettings.Load(options.NodeConfig, System.Environment.MachineName);
        ConfigParse parse = ConfigTest.Read(options);
        KeepalivedConfig config = Selected(Accept(parse, options), options);
        RequireCapabilities(config);
        options = options.WithFullPaths();
        if (Detaching.IsDetached)
        {
            Detaching.LeaveSession();
        }

        string[] pidPaths = [options.PidFile ?? DefaultPid(config.Global), .. new[] { options.VrrpPidFile, options.CheckersPidFile, options.BfdPidFile }.OfType<string>()];
        if (PidFile.Holder(pidPaths[0]) is { } other)
        {
            await Console.Error.WriteLineAsync($"keepalived-es: daemon is already running (pid {other} in {pidPaths[0]})").ConfigureAwait(false);
            return ExitCode.Good;
        }

        SetUpLogging(options, settings);
        try
        {
            return await RunAsync(options, settings, parse, config, pidPaths).ConfigureAwait(false);
        }
        finally
        {
            await Serilog.Log.CloseAndFlushAsync().ConfigureAwait(false);
        }
    }

    private static async Task<int> RunAsync(CommandLine options, NodeSettings settings, ConfigParse parse, KeepalivedConfig config, string[] pidPaths)
    {
        Log.Starting(Usage.Version, config.Global.InstanceName is { } name ? $" instance {name}" : "");
        using HttpClient? client = settings.ControlPlane is null ? null : CreateClient(settings);
        PidFile[] pidFiles = WritePidFiles(pidPaths);
        string boot = Guid.NewGuid().ToString("N");
        var journal = new JournalWriter(
            () => JournalStore.Open(settings.StateDirectory, settings.Node, boot), settings.Node,
            settings.Journal with { AcknowledgedOnly = settings.ControlPlane is not null }, TimeProvider.System);
        Uplink? uplink = client is null ? null : new Uplink(client, settings.StateDirectory, journal);
        var clock = new ClockWatch(settings.Node, journal, TimeProvider.System, () => MonotonicClock.Now);
        RecordStart(journal, settings, parse, options);
        string ending = "an error";
        try
        {
            ending = await RunWithHooksAsync(options, settings, config, parse.Memory, journal, boot, uplink).ConfigureAwait(false);
            return ExitCode.Good;
        }
        finally
        {
            await clock.DisposeAsync().ConfigureAwait(false);
            journal.Record(new NodeStopped(settings.Node, ending));
            await journal.DisposeAsync().ConfigureAwait(false);
            if (uplink is not null)
            {
                await uplink.DisposeAsync().ConfigureAwait(false);
            }

            Array.ForEach(pidFiles, file => file.Dispose());
            Log.Stopped(Usage.Version);
        }
    }

    /// <returns>The signal that ended it.</returns>
    private static async Task<string> RunWithHooksAsync(
        CommandLine options, NodeSettings settings, KeepalivedConfig config, ConfigMemory? memory, JournalWriter journal, string boot, Uplink? uplink)
    {
        var hooks = HookParts.Create(config, settings, journal, boot, TimeProvider.System);
        await using (hooks.ConfigureAwait(false))
        {
            await hooks.RunAsync("startup_script", config.Global.StartupScript).ConfigureAwait(false);
            await hooks.WarmAsync().ConfigureAwait(false);
            try
            {
                return await RunLoopAsync(options, settings, config, memory, journal, hooks, uplink).ConfigureAwait(false);
            }
            finally
            {
                await hooks.FinishAsync().ConfigureAwait(false);
                await hooks.RunAsync("shutdown_script", config.Global.ShutdownScript).ConfigureAwait(false);
            }
        }
    }

    /// <returns>The signal that ended it.</returns>
    private static async Task<string> RunLoopAsync(
        CommandLine options, NodeSettings settings, KeepalivedConfig config, ConfigMemory? memory, JournalWriter journal, HookParts hooks, Uplink? uplink)
    {
        var stop = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reloader = new Reloader();
        PosixSignalRegistration[] signals = HandleSignals(stop, reloader);
        try
        {
            using var balancing = new LoadBalancing(settings.Node, journal, hooks, new DrainStore(settings.StateDirectory, TimeProvider.System));
            uplink?.Commanded = new OperatorCommands(settings.Node, journal, () => balancing.Current).Take;
            using var bfd = new BfdPart(settings.Node, journal, options, balancing);
            using var loop = new VrrpLoop(config, settings.Node, journal, hooks.Queue, hooks.Notifications) { Transitioned = balancing.Follow };
            var tracking = new TrackScheduler(config.Scripts, hooks.Notifications, hooks.Mediator, journal, settings.Node, TimeProvider.System, loop.Deliver);
            await using (tracking.ConfigureAwait(false))
            {
                await loop.StartAsync().ConfigureAwait(false);
                tracking.Start();
                await balancing.StartAsync(config).ConfigureAwait(false);
                await bfd.StartAsync(config).ConfigureAwait(false);
                Log.StartupComplete();
                SystemdNotification.Send("READY=1");
                if (Detaching.IsDetached)
                {
                    Detaching.ReportReady();
                }

                Task reloading = reloader.RunAsync(new Reloader.Parts(options, settings.Node, journal, hooks, loop, tracking, balancing, bfd), config, memory);
                Task end = Task.WhenAny(stop.Task, loop.Ended);
                if (await Task.WhenAny(end, Task.Delay(SettlingTime)).ConfigureAwait(false) != end && !config.Global.NoSwap)
                {
                    WorkingSet.Trim();
                }

                await end.ConfigureAwait(false);
                reloader.Stop();
                await Task.WhenAny(reloading, loop.Ended).ConfigureAwait(false);   // one that runs is finished, unless the loop is broken
                SystemdNotification.Send("STOPPING=1");
                if (stop.Task.IsCompleted)
                {
                    Log.Stopping(await stop.Task.ConfigureAwait(false));
                    await loop.StopAsync().ConfigureAwait(false);       // first the addresses: nobody shall ask a table that is being emptied
                    await balancing.StopAsync(options.KeepIpvs).ConfigureAwait(false);
                    await bfd.StopAsync().ConfigureAwait(false);
                }

                await loop.Ended.ConfigureAwait(false);
                return await stop.Task.ConfigureAwait(false);
            }
        }
        catch (Win32Exception e)
        {
            throw new DaemonException(ExitCode.Fatal, e.Message, e);
        }
        finally
        {
            Array.ForEach(signals, signal => signal.Dispose());
        }
    }

    /// <summary>Without the half that <c>-P</c> or <c>-C</c> leaves out.</summary>
    internal static KeepalivedConfig Selected(KeepalivedConfig config, CommandLine options) => config with
    {
        Lvs = options.VrrpOnly ? new LvsSettings { BfdInstances = config.Lvs.BfdInstances, BfdScheduling = config.Lvs.BfdScheduling } : config.Lvs,
        Instances = options.ChecksOnly ? [] : config.Instances,
        SyncGroups = options.ChecksOnly ? [] : config.SyncGroups,
        Scripts = options.ChecksOnly ? [] : config.Scripts,
    };

    private static KeepalivedConfig Accept(ConfigParse parse, CommandLine options)
    {
        Console.Error.Write(ConfigReport.Text(parse));
        if (parse.Config is { } config)
        {
            return config;
        }

        bool missing = ConfigReport.ExitCode(parse) == ConfigReport.CannotRun;
        throw new DaemonException(
            missing ? ExitCode.NoConfiguration : ExitCode.Configuration,
            $"not started: {options.ConfigurationFile} has errors; correct the lines above, then try --config-test");
    }

    private static void RequireCapabilities(KeepalivedConfig config)
    {
        if (MissingCapabilities(config) is { } problem)
        {
            throw new DaemonException(ExitCode.NoPermission, $"not started: {problem}");
        }
    }

    /// <summary>What the process may not do that a configuration asks for; null: nothing.</summary>
    internal static string? MissingCapabilities(KeepalivedConfig config)
    {
        List<Capability> wanted = [Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW];
        bool scripts = !config.Scripts.IsEmpty || config.Instances.Any(instance => instance.Notify != NotifyScripts.None);
        if (scripts && config.Global.ScriptUser is not null)
        {
            wanted.AddRange([Capability.CAP_SETUID, Capability.CAP_SETGID, Capability.CAP_SYS_CHROOT]);
        }

        return Capabilities.OfThisThread().Missing([.. wanted])?.ToString();
    }

    private static void SetUpLogging(CommandLine options, NodeSettings settings)
    {
        try
        {
            Logging.SetUp(options, settings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DaemonException(ExitCode.Fatal, $"cannot log: {e.Message}; make 'state: {settings.StateDirectory}' of node.yaml writable, or log with -l", e);
        }
    }

    private static string DefaultPid(GlobalSettings global)
    {
        string directory = global.UsePidDirectory ? "/run/keepalived/" : "/run/";
        if (global.UsePidDirectory)
        {
            Directory.CreateDirectory(directory);
        }

        return global.InstanceName is { } name ? $"{directory}keepalived_{name}.pid" : global.UsePidDirectory ? directory + "keepalived.pid" : DefaultPidFile;
    }

    private static PidFile[] WritePidFiles(IEnumerable<string> paths)
    {
        try
        {
            return [.. paths.Select(PidFile.Write)];
        }
        catch (IOException e)
        {
            throw new DaemonException(ExitCode.Fatal, e.Message, e);
        }
    }

    internal static string HashOf(ConfigParse parse) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parse.Text)));

    private static void RecordStart(JournalWriter journal, NodeSettings settings, ConfigParse parse, CommandLine options)
    {
        string hash = HashOf(parse);
        string kernelBoot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        string[] warnings = [.. parse.Diagnostics.Select(diagnostic => diagnostic.ToString())];
        journal.Record(new NodeStarted(settings.Node, settings.Site, Usage.Version, kernelBoot, System.Environment.ProcessId, hash));
        journal.Record(new ConfigurationLoaded(settings.Node, Path.GetFullPath(options.ConfigurationFile), hash, parse.Text, warnings));
        foreach (ConfigDiagnostic diagnostic in parse.Diagnostics)
        {
            Log.Diagnostic(diagnostic.ToString(), diagnostic.Severity == Severity.Error);
        }
    }

    private static HttpClient CreateClient(NodeSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            AllowAutoRedirect = false,                           // a redirected POST would become a GET, whose 200 says nothing
        };
        try
        {
            if (settings.AuthorityFile is { } file)
            {
                X509Certificate2 authority = X509Certificate2.CreateFromPem(File.ReadAllText(file));
                handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { authority },
                };
            }

            var client = new HttpClient(handler) { BaseAddress = settings.ControlPlane, Timeout = TimeSpan.FromSeconds(15), MaxResponseContentBufferSize = MaximumAnswerBytes };
            if (settings.TokenFile is { } token)
            {
                client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(token).Trim());
            }

            return client;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new DaemonException(ExitCode.Fatal, $"control-plane settings of node.yaml: {e.Message}", e);
        }
    }

    private static PosixSignalRegistration[] HandleSignals(TaskCompletionSource<string> stop, Reloader reloader)
    {
        PosixSignalRegistration Stop(PosixSignal signal, string name) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.TrySetResult(name);
        });
        PosixSignalRegistration Refuse(PosixSignal signal, string what) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Log.NotInForce(what);
        });
        return
        [
            Stop(PosixSignal.SIGTERM, "SIGTERM"),
            Stop(PosixSignal.SIGINT, "SIGINT"),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                reloader.Ask();
            }),
            Refuse((PosixSignal)10, "SIGUSR1 (dump of the data)"),
            Refuse((PosixSignal)12, "SIGUSR2 (dump of the statistics)"),
            Refuse((PosixSignal)36, "signal 36 (dump as JSON)"),
            Refuse((PosixSignal)63, "signal 63 (statistics, then clear)"),
        ];
    }
}
