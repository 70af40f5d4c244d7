using System.ComponentModel;
using System.Threading.Channels;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Reload;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Bfd;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Lvs;
using Keepalived.Es.NodeRuntime.Tracking;
using Keepalived.Es.NodeRuntime.Vrrp;

namespace Keepalived.Es.NodeRuntime;

/// <summary>
/// SIGHUP: reads the configuration anew, beside everything that runs, and puts it in force as a difference, or refuses it whole. One reload at a time; one more waits,
/// and stands for all that were asked for meanwhile.
/// </summary>
internal sealed class Reloader
{
    private readonly Channel<bool> _asked = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private ConfigMemory? _memory;

    /// <summary>What a reload reaches.</summary>
    internal sealed record Parts(
        CommandLine Options, string Node, JournalWriter Journal, HookParts Hooks, VrrpLoop Loop, TrackScheduler Tracking, LoadBalancing Balancing, BfdPart Bfd);

    /// <summary>Asks for a reload, from any thread. Before <see cref="RunAsync"/> runs it waits.</summary>
    internal void Ask() => _asked.Writer.TryWrite(true);

    /// <summary>No further reload; one that runs is finished.</summary>
    internal void Stop() => _asked.Writer.TryComplete();

    /// <summary>Reloads whenever asked to, until <see cref="Stop"/>.</summary>
    /// <param name="config">In force.</param>
    /// <param name="memory">Of its reading.</param>
    internal async Task RunAsync(Parts parts, KeepalivedConfig config, ConfigMemory? memory)
    {
        _memory = memory;
        while (await _asked.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _asked.Reader.TryRead(out _);
            Log.Reloading();
            SystemdNotification.Send($"RELOADING=1\nMONOTONIC_USEC={MonotonicClock.Now.Ticks / TimeSpan.TicksPerMicrosecond}");
            try
            {
                if (Accept(parts, config) is { } accepted)
                {
                    await ApplyAsync(parts, config, accepted).ConfigureAwait(false);
                    config = accepted.Config;
                }
            }
            catch (Exception e)                                  // the request's border: the daemon goes on with what it has
            {
                Log.ReloadIncomplete("the configuration", e.Message);
                parts.Journal.Record(new Degraded(parts.Node, "reload", e.Message, "correct what it names and reload again, or restart the daemon"));
            }

            SystemdNotification.Send("READY=1");
        }
    }

    /// <summary>A configuration that may be put in force.</summary>
    private sealed record Accepted(KeepalivedConfig Config, ConfigurationLoaded Loaded);

    /// <returns>Null: it is refused, and everybody knows why.</returns>
    private Accepted? Accept(Parts parts, KeepalivedConfig before)
    {
        string path = Path.GetFullPath(parts.Options.ConfigurationFile);
        ConfigParse parse = ConfigTest.Read(parts.Options, _memory);
        _memory = parse.Memory;
        string[] diagnostics = [.. parse.Diagnostics.Select(diagnostic => diagnostic.ToString())];
        foreach (ConfigDiagnostic diagnostic in parse.Diagnostics)
        {
            Log.Diagnostic(diagnostic.ToString(), diagnostic.Severity == Severity.Error);
        }

        WriteLog(before.Global.ReloadLog, parse);
        string hash = Daemon.HashOf(parse);
        string? problem = parse.Config is null ? "has errors" : Daemon.MissingCapabilities(parse.Config);
        if (problem is not null)
        {
            Log.ReloadRefused(path, problem);
            parts.Journal.Record(new ConfigurationRejected(parts.Node, path, hash, parse.Config is null ? diagnostics : [.. diagnostics, problem]));
            return null;
        }

        KeepalivedConfig config = FixedSettings.Keep(before, Daemon.Selected(parse.Config!, parts.Options), out IReadOnlyList<string> complaints);
        foreach (string complaint in complaints)
        {
            Log.NotByReload(complaint);
        }

        return new Accepted(config, new ConfigurationLoaded(parts.Node, path, hash, parse.Text, [.. diagnostics, .. complaints]));
    }

    private static async Task ApplyAsync(Parts parts, KeepalivedConfig before, Accepted accepted)
    {
        (KeepalivedConfig config, ConfigurationLoaded loaded) = accepted;
        var difference = ConfigDifference.Between(before, config);
        await parts.Hooks.ReloadAsync(config).ConfigureAwait(false);
        HashSet<string> kept = [.. config.Scripts.Where((_, i) => difference.FormerScripts[i] >= 0).Select(script => script.Name)];
        await parts.Tracking.RetireAsync(kept).ConfigureAwait(false);
        long token = await parts.Loop.ReloadAsync(config, difference, loaded).ConfigureAwait(false);
        parts.Tracking.Renew(config.Scripts);
        IReadOnlyList<string> balanced = await ReloadBalancingAsync(parts, config).ConfigureAwait(false);
        await parts.Hooks.EndGoneAsync(config).ConfigureAwait(false);
        string[] changes = [.. difference.Changes, .. balanced];
        parts.Journal.Record(new ConfigurationReloaded(parts.Node, loaded.Path, loaded.Sha256, changes), causeToken: token);
        Array.ForEach(changes, Log.ReloadChange);
        Log.Reloaded(changes.Length);
    }

    private static async Task<IReadOnlyList<string>> ReloadBalancingAsync(Parts parts, KeepalivedConfig config)
    {
        try
        {
            IReadOnlyList<string> balanced = await parts.Balancing.ReloadAsync(config).ConfigureAwait(false);
            return [.. balanced, .. await parts.Bfd.ReloadAsync(config).ConfigureAwait(false)];
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            Log.ReloadIncomplete("load balancing", e.Message);
            parts.Journal.Record(new Degraded(parts.Node, "reload of load balancing", e.Message, "what was in force there stays; correct it and reload again"));
            return [];
        }
    }

    /// <summary><c>reload_check_config LOG</c>, as it was in force before.</summary>
    private static void WriteLog(string? file, ConfigParse parse)
    {
        try
        {
            if (file is not null)
            {
                File.WriteAllText(file, ConfigReport.Text(parse));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.Degraded("reload_check_config", e.Message, "name a file that can be written; the diagnostics are in the log");
        }
    }
}
