using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>What the loop keeps of one virtual server. Touched by the loop's thread only.</summary>
internal sealed class VirtualServerRuntime(VirtualServerSettings settings)
{
    internal VirtualServerSettings Settings { get; } = settings;

    internal string Name => Settings.Name;

    internal VirtualServerState State { get; set; } = VirtualServerMachine.Initial(settings);

    /// <summary>For each real server its checks, in their order.</summary>
    internal CheckRuntime[][] Checks { get; set; } = [];

    /// <summary>Number of its deadline, for drained servers.</summary>
    internal int Index { get; set; }

    /// <summary>Its address has gone from this host and its checks rest.</summary>
    internal bool IsSuspended { get; set; }

    internal IEnumerable<CheckRuntime> AllChecks => Checks.SelectMany(checks => checks);

    /// <summary>A real server as keepalived names it: <c>[198.51.100.1]:tcp:80</c>.</summary>
    internal string NameOf(int server) => NameOf(Settings.RealServers[server].Key);

    internal string NameOf(DestinationKey key) => $"[{key.Address}]:{Protocol}:{key.Port}";

    private string Protocol => Settings.Services[0].Protocol is { } protocol ? protocol.Word() : "none";

    /// <summary>What the kernel knows a destination by in one of the services: only NAT has a port of its own.</summary>
    internal static DestinationKey KeyIn(in ServiceKey service, DestinationKey key, Forwarding forwarding) =>
        forwarding.Method == ForwardingMethod.Masquerade ? key : key with { Port = service.Port };

    /// <summary>What the kernel shall hold of this virtual server.</summary>
    internal IEnumerable<(ServiceKey Key, ServiceOptions Options, IEnumerable<KeyValuePair<DestinationKey, DestinationOptions>> Destinations)> Wanted() =>
        State.IsRunning ? Settings.Services.Select(service => (service, Settings.Options, WantedOf(service))) : [];

    private IEnumerable<KeyValuePair<DestinationKey, DestinationOptions>> WantedOf(ServiceKey service)
    {
        for (int i = 0; i < Settings.RealServers.Length; i++)
        {
            if (PoolMember.Of(Settings, State, i) is { } weight)
            {
                RealServerSettings server = Settings.RealServers[i];
                yield return KeyValuePair.Create(KeyIn(in service, server.Key, server.Forwarding), OptionsOf(server, weight));
            }
        }

        if (PoolMember.OfSorry(Settings, State) is { } sorryWeight)
        {
            SorryServerSettings sorry = Settings.SorryServer!;
            yield return KeyValuePair.Create(KeyIn(in service, sorry.Key, sorry.Forwarding), new DestinationOptions(sorry.Forwarding, sorryWeight));
        }
    }

    internal static DestinationOptions OptionsOf(RealServerSettings server, int weight) =>
        new(server.Forwarding, weight, server.UpperThreshold, server.LowerThreshold);
}
