using System.Collections.Concurrent;
using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tracking;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>The loop of virtual servers while there are any, and the files that it tracks. Started, reloaded and stopped by one caller at a time.</summary>
internal sealed class LoadBalancing(string node, JournalWriter journal, HookParts hooks) : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _masters = new(StringComparer.Ordinal);
    private volatile LvsLoop? _loop;
    private volatile string? _followed;
    private LvsSettings _settings = new();
    private TrackedFiles? _files;

    /// <summary>Starts what is configured; nothing without a virtual server.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left.</exception>
    internal async Task StartAsync(KeepalivedConfig config)
    {
        if (config.Lvs.IsEmpty)
        {
            return;
        }

        var loop = new LvsLoop(config, node, journal, hooks);
        _loop = loop;
        await loop.StartAsync().ConfigureAwait(false);
        (_settings, _followed) = (config.Lvs, config.Lvs.SyncDaemon?.Instance);
        WatchFiles(config.Lvs, loop, initialize: true);
        TellFollowed(loop);
    }

    /// <summary>Applies the difference.</summary>
    /// <returns>What has changed, in words.</returns>
    internal async Task<IReadOnlyList<string>> ReloadAsync(KeepalivedConfig config)
    {
        if (_loop is not { } loop)
        {
            await StartAsync(config).ConfigureAwait(false);
            return [.. config.Lvs.VirtualServers.Select(server => $"virtual server {server.Name} added")];
        }

        if (config.Lvs.IsEmpty)
        {
            string[] gone = [.. _settings.VirtualServers.Select(server => $"virtual server {server.Name} removed")];
            await StopAsync(keepKernel: false).ConfigureAwait(false);
            return gone;
        }

        var changes = new TaskCompletionSource<IReadOnlyList<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(new LvsMessage.Reload(config.Lvs, LvsLoop.HasFifo(config), changes));
        IReadOnlyList<string> made = await changes.Task.ConfigureAwait(false);
        LvsSettings before = _settings;
        (_settings, _followed) = (config.Lvs, config.Lvs.SyncDaemon?.Instance);
        if (!before.TrackFiles.Select(WithoutPlace).SequenceEqual(config.Lvs.TrackFiles.Select(WithoutPlace)))
        {
            WatchFiles(config.Lvs, loop, initialize: false);
        }

        if (before.SyncDaemon is not { } old || config.Lvs.SyncDaemon is not { } same || old with { Span = same.Span } != same)
        {
            TellFollowed(loop);
        }

        return made;
    }

    /// <summary>Takes the virtual servers out of the kernel's table, unless that is to stay.</summary>
    internal async Task StopAsync(bool keepKernel)
    {
        if (_loop is { } loop)
        {
            (_loop, _followed, _settings) = (null, null, new LvsSettings());
            StopWatching();
            await loop.StopAsync(keepKernel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            loop.Dispose();
        }
    }

    /// <summary>The sync daemon of IPVS sends where its instance is Master, and receives elsewhere. Does not block: the VRRP loop calls it.</summary>
    internal void Follow(string instance, VrrpPhase to)
    {
        _masters[instance] = to == VrrpPhase.Master;
        if (_followed == instance)
        {
            _loop?.Post(new LvsMessage.InstanceState(to == VrrpPhase.Master));
        }
    }

    public void Dispose()
    {
        StopWatching();
        _loop?.Dispose();
    }

    private void TellFollowed(LvsLoop loop)
    {
        if (_followed is { } instance && _masters.GetValueOrDefault(instance))
        {
            loop.Post(new LvsMessage.InstanceState(IsMaster: true));
        }
    }

    /// <param name="initialize">Whether <c>init_file</c> acts on files that were tracked before.</param>
    private void WatchFiles(LvsSettings settings, LvsLoop loop, bool initialize)
    {
        HashSet<string> known = initialize ? [] : [.. _files?.Paths ?? []];
        StopWatching();
        if (!settings.TrackFiles.IsEmpty)
        {
            _files = new TrackedFiles(
                settings.TrackFiles.Select(file => known.Contains(file.Path) ? file with { InitialValue = null } : file),
                initialize: true,
                (file, value) => loop.Post(new LvsMessage.FileValue(file.Name, value)),
                Complain);
        }
    }

    private void StopWatching()
    {
        _files?.Dispose();
        _files = null;
    }

    private void Complain(TrackFileSettings file, string problem)
    {
        Log.Degraded($"track_file {file.Name}", problem, "mend the file; it is read again when it changes");
        journal.Record(new Degraded(node, $"track_file {file.Name}", problem, "mend the file; it is read again when it changes"));
    }

    private static TrackFileSettings WithoutPlace(TrackFileSettings file) => file with { Span = default };
}
