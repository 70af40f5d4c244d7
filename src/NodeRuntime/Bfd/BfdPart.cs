using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Lvs;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <summary>BFD as a part of the daemon.</summary>
internal static class BfdPart
{
    /// <returns>Null: no session is configured, or <c>-B</c> switches them off.</returns>
    internal static BfdLoop? Create(KeepalivedConfig config, CommandLine options, LvsLoop? balancing, JournalWriter journal, string node)
    {
        if (options.NoBfd)
        {
            WarnOfChecks(config.Lvs);
        }

        return options.NoBfd || config.Lvs.BfdInstances.IsEmpty
            ? null
            : new BfdLoop(config.Lvs, node, journal)
            {
                ForCheckers = balancing is null ? null : (session, isUp, note) => balancing.Post(new LvsMessage.SessionState(session, isUp, note)),
            };
    }

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
