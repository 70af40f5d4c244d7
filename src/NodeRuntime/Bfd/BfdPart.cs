using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Lvs;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <summary>The loop of BFD sessions while there are any. Started, reloaded and stopped by one caller at a time.</summary>
/// <param name="balancing">Whose checks hear of the sessions.</param>
internal sealed class BfdPart(string node, JournalWriter journal, CommandLine options, LoadBalancing balancing) : IDisposable
{
    private BfdLoop? _loop;

    /// <summary>Starts what is configured, unless <c>-B</c> switches it off.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left.</exception>
    internal async Task StartAsync(KeepalivedConfig config)
    {
        if (options.NoBfd)
        {
            WarnOfChecks(config.Lvs);
        }
        else if (!config.Lvs.BfdInstances.IsEmpty)
        {
            _loop = new BfdLoop(config.Lvs, node, journal) { ForCheckers = balancing.TellSession };
            await _loop.StartAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Sessions with the same settings go on.</summary>
    /// <returns>What has changed, in words.</returns>
    internal async Task<IReadOnlyList<string>> ReloadAsync(KeepalivedConfig config)
    {
        if (_loop is { } loop && !config.Lvs.BfdInstances.IsEmpty)
        {
            return await loop.Reload(config.Lvs).ConfigureAwait(false);
        }

        bool hadSessions = _loop is not null;
        await StopAsync().ConfigureAwait(false);
        await StartAsync(config).ConfigureAwait(false);
        return hadSessions ? ["all BFD sessions removed"] : _loop is null ? [] : [.. config.Lvs.BfdInstances.Select(session => $"BFD session {session.Name} added")];
    }

    internal async Task StopAsync()
    {
        if (_loop is { } loop)
        {
            _loop = null;
            await loop.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            loop.Dispose();
        }
    }

    public void Dispose() => _loop?.Dispose();

    private static void WarnOfChecks(LvsSettings settings)
    {
        foreach (RealServerSettings server in settings.VirtualServers.SelectMany(server => server.RealServers))
        {
            foreach (BfdCheckSettings check in server.Checks.OfType<BfdCheckSettings>())
            {
                BfdLog.SwitchedOff(server.Key.ToString(), check.Session);
            }
        }
    }
}
