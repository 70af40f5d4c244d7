using System.Globalization;
using Keepalived.Es.Lab.Framework;

namespace Keepalived.Es.Lab.Reload;

/// <summary><c>ip monitor address</c> on a node: whatever is done to one of the kernel's address objects is a line.</summary>
internal sealed class AddressMonitor
{
    private const string Probe = "10.51.0.210";
    private readonly LabProcess _monitor;
    private readonly LabNode _node;
    private readonly NetnsLab _lab;

    private AddressMonitor(NetnsLab lab, LabNode node, LabProcess monitor) => (_lab, _node, _monitor) = (lab, node, monitor);

    internal static async Task<AddressMonitor> StartAsync(NetnsLab lab, LabNode node)
    {
        LabProcess process = LabProcess.Start("ip monitor", node.Namespace, "ip", ["-ts", "-4", "monitor", "address"]);
        lab.Others.Add(process);
        var monitor = new AddressMonitor(lab, node, process);
        await lab.UntilAsync("the monitor listens", async () =>
        {
            await node.IpAsync($"addr add {Probe}/24 dev eth0");
            await node.IpAsync($"addr del {Probe}/24 dev eth0");
            return monitor.Saw(Probe);
        });
        return monitor;
    }

    internal bool Saw(string address) => _monitor.Log.Contains($"inet {address}/", StringComparison.Ordinal);

    /// <summary>When the address was added and removed, oldest first.</summary>
    internal IReadOnlyList<(DateTimeOffset At, bool Added)> Moments(string address) =>
    [
        .. _monitor.Log.Split('\n').Where(line => line.StartsWith('[') && line.Contains($"inet {address}/", StringComparison.Ordinal)).Select(line => (
            DateTimeOffset.Parse(line[1..line.IndexOf(']')], CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal),
            !line.Contains("] Deleted ", StringComparison.Ordinal))),
    ];

    /// <summary>Waits until everything up to now has been seen.</summary>
    internal async Task CatchUpAsync()
    {
        await _node.IpAsync("addr add 10.51.0.211/24 dev eth0");
        await _lab.UntilAsync("the monitor has seen all", () => Saw("10.51.0.211"));
    }
}
