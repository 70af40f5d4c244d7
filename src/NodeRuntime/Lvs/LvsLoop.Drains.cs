using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Lvs;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <content>Servers that an operator takes out of service.</content>
internal sealed partial class LvsLoop
{
    private bool _drainsChanged;

    /// <returns>Why not; null: done, and on disk.</returns>
    private string? Drain(LvsMessage.Drain drain, TimeSpan now)
    {
        VirtualServerRuntime? server = Array.Find(_servers, known => known.Name == drain.Service || known.Settings.Label == drain.Service);
        if (server is null)
        {
            return $"there is no virtual server '{drain.Service}' here, but {Listed(_servers.Select(known => known.Name))}";
        }

        int real = IndexOf(server, drain.Server);
        if (real < 0)
        {
            return $"{server.Name} has no real server '{drain.Server}', but {Listed(server.Settings.RealServers.Select(known => known.Key.ToString()))}";
        }

        TimeSpan until = drain.For is { } time ? now + time : RealServerState.UntilFurtherNotice;
        VirtualServerInputKind kind = drain.IsDrained ? VirtualServerInputKind.Drained : VirtualServerInputKind.Undrained;
        Feed(server, new VirtualServerInput(kind, real) { Until = until }, 0, drain.By, now);
        Settle(now);
        return null;
    }

    private static int IndexOf(VirtualServerRuntime server, string name) => server.Settings.RealServers.ToList().FindIndex(known =>
        known.Key.ToString() == name || known.Label == name || known.Key.Address.ToString() == name || $"{known.Key.Address}:{known.Key.Port}" == name);

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } list ? list : "none";

    /// <summary>Before the start: what was drained when the daemon ended is drained from the first moment on.</summary>
    private void RestoreDrains(TimeSpan now)
    {
        foreach (DrainStore.Drained drained in _drains.Load())
        {
            if (Array.Find(_servers, known => known.Name == drained.Service) is { } server && IndexOf(server, drained.Server) is >= 0 and var real)
            {
                TimeSpan until = drained.Left is { } left ? now + left : RealServerState.UntilFurtherNotice;
                Feed(server, new VirtualServerInput(VirtualServerInputKind.Drained, real) { Until = until }, 0, "as before the start", now);
            }
        }
    }

    private void SaveDrains(TimeSpan now)
    {
        _drainsChanged = false;
        try
        {
            _drains.Save(_servers.SelectMany(server => server.State.Servers
                .Select((real, i) => (Real: real, Key: server.Settings.RealServers[i].Key))
                .Where(pair => pair.Real.IsDrained)
                .Select(pair => new DrainStore.Drained(
                    server.Name, pair.Key.ToString(), pair.Real.DrainedUntil == RealServerState.UntilFurtherNotice ? null : pair.Real.DrainedUntil - now))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            const string Remedy = "the servers stay drained until the daemon ends, and not beyond; make 'state' of node.yaml writable";
            Log.Degraded("drained servers", e.Message, Remedy);
            Record(new Degraded(_node, "drained servers", e.Message, Remedy));
        }
    }
}
