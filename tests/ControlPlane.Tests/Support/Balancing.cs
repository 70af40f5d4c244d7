using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Health;

namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>What a balancer records while one of its two real servers dies.</summary>
public static class Balancing
{
    public const string Service = "[192.0.2.1]:tcp:80";
    public const string First = "[198.51.100.11]:80";
    public const string Second = "[198.51.100.12]:80";
    private const string Check = "TCP_CHECK 198.51.100.11:80";

    /// <summary>Up to the moment at which the real server is taken out; a sorry server answers then.</summary>
    /// <param name="died">Second at which the check decides.</param>
    public static NodeScript Node(string node, double died)
    {
        NodeScript script = new(node);
        script.Add(0, new NodeStarted(node, TestStore.Tenant, "0.1.0", "kernel-a", 100, new string('a', 64)));
        script.Add(0.1, new VirtualServerConfigured(
            node, Service, "shop", [Service], "wrr",
            [new RealServerConfigured(First, null, 3, [Check], true), new RealServerConfigured(Second, "spare", 1, [], true)],
            "[198.51.100.19]:80", 4, 0, true, Balanced: true));
        long check = script.Add(
            died, new CheckChanged(node, Service, First, Check, CheckStatus.Up, CheckStatus.Down, 2, "connection refused", TimeSpan.FromMilliseconds(0.4)));
        script.Add(died + 0.001, new PoolChanged(node, Service, $"{First} removed", null));
        long down = script.Add(died + 0.002, new RealServerDown(node, Service, First, 3, $"{Check} connection refused"), check);
        script.Add(died + 0.003, new QuorumLost(node, Service, 1, 4, 0, "[198.51.100.19]:80"), check);
        script.Add(died + 0.004, new HookStarted(node, $"notify_down {First} {Service}", 1, ["/usr/local/bin/page"]), down);
        return script;
    }
}
