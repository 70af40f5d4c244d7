using System.Text;
using Keepalived.Es.Lab.Records;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Framework;

/// <summary>
/// A network of its own in this machine's kernel: nodes, a client and, if asked for, a control plane's host, each in a namespace, joined
/// by a bridge in one more. Names carry the process and a number, so that labs run side by side.
/// </summary>
internal sealed class NetnsLab : IAsyncDisposable
{
    internal const string Vip = "10.51.0.100";
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(40);
    private static int _instances;

    private readonly string _prefix;
    private readonly bool _secondNetwork;
    private readonly string[] _hosts;
    private bool _failed;

    private NetnsLab(int nodes, bool secondNetwork, bool control)
    {
        int instance = Interlocked.Increment(ref _instances);
        _prefix = $"ka{Environment.ProcessId}-{instance}";
        _secondNetwork = secondNetwork;
        Folder = Path.Combine(Path.GetTempPath(), $"keepalived-es-lab-{Environment.ProcessId}-{instance}");
        string[] names = ["a", "b", "c"];
        Nodes = [.. names.Take(nodes).Select((name, index) => new LabNode(this, name, 11 + index))];
        _hosts = [.. Nodes.Select(node => node.Name), "client", .. control ? ["control"] : Array.Empty<string>()];
    }

    /// <summary>Files of this lab; removed with it.</summary>
    internal string Folder { get; }

    internal IReadOnlyList<LabNode> Nodes { get; }

    /// <summary>10.51.0.11.</summary>
    internal LabNode A => Nodes[0];

    /// <summary>10.51.0.12.</summary>
    internal LabNode B => Nodes[1];

    internal string Switch => NamespaceOf("switch");

    internal string Client => NamespaceOf("client");

    /// <summary>Where <c>kes</c> runs, 10.51.0.10.</summary>
    internal string Control => NamespaceOf("control");

    /// <summary>Further programs whose logs belong into every message.</summary>
    internal List<LabProcess> Others { get; } = [];

    internal string NamespaceOf(string host) => $"{_prefix}-{host}";

    /// <summary>Name of the bridge's port to which a host's interface is connected.</summary>
    internal static string PortOf(string host, string device) => device == "eth0" ? $"port-{host}" : $"port2-{host}";

    internal static string BridgeOf(string device) => device == "eth0" ? "lan" : "lan2";

    /// <summary>Builds the network.</summary>
    /// <param name="nodes">2 or 3.</param>
    /// <param name="secondNetwork">Nodes and client also get <c>eth1</c>, 10.52.0.x/24, on a second bridge.</param>
    /// <param name="control">Adds the host of the control plane.</param>
    internal static async Task<NetnsLab> StartAsync(int nodes = 2, bool secondNetwork = false, bool control = false)
    {
        LabRequirements.Demand("ping");
        await LeftOvers.RemoveAsync();
        var lab = new NetnsLab(nodes, secondNetwork, control);
        try
        {
            await lab.BuildAsync();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for something to become true.</summary>
    /// <param name="claim">What, as a sentence.</param>
    /// <param name="limit">Default 30 s; generous, since the machine may be busy.</param>
    /// <exception cref="LabException">It did not; the message has the logs.</exception>
    internal async Task UntilAsync(string claim, Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > (limit ?? DefaultLimit))
            {
                throw await FailureAsync($"waited {limit ?? DefaultLimit} in vain: {claim}");
            }

            await Task.Delay(BetweenLooks);
        }
    }

    /// <inheritdoc cref="UntilAsync(string, Func{Task{bool}}, TimeSpan?)"/>
    internal Task UntilAsync(string claim, Func<bool> condition, TimeSpan? limit = null) =>
        UntilAsync(claim, () => Task.FromResult(condition()), limit);

    /// <summary>Something must be true now.</summary>
    /// <exception cref="LabException">It is not; the message has the logs.</exception>
    internal async Task ThatAsync(string claim, bool isTrue)
    {
        if (!isTrue)
        {
            throw await FailureAsync($"not so: {claim}");
        }
    }

    /// <summary>Waits until this node holds the address, no other does, and the client reaches it.</summary>
    internal async Task UntilHeldAloneByAsync(LabNode holder, string address = Vip)
    {
        await UntilAsync($"{holder.Name}, and no other, holds {address}", async () =>
        {
            foreach (LabNode node in Nodes)
            {
                if (await node.HoldsAsync(address) != (node == holder))
                {
                    return false;
                }
            }

            return true;
        });
        await UntilAsync($"the client reaches {address} at {holder.Name}", () => PingAsync(address), TimeSpan.FromSeconds(15));
    }

    /// <summary>One echo request from the client.</summary>
    /// <returns>Whether it was answered within a second.</returns>
    internal async Task<bool> PingAsync(string address = Vip) =>
        (await Command.RunAsync("ip", ["netns", "exec", Client, "ping", "-n", "-c", "1", "-W", "1", address])).ExitCode == 0;

    /// <summary>An exception with all that is known of the lab.</summary>
    internal async Task<LabException> FailureAsync(string claim)
    {
        _failed = true;
        var text = new StringBuilder(claim).AppendLine();
        foreach (LabNode node in Nodes)
        {
            text.AppendLine($"=== node {node.Name}").AppendLine(await node.IpAsync("-br -4 addr")).Append(node);
        }

        Others.ForEach(process => text.Append(process));
        return new LabException(text.ToString());
    }

    /// <summary>Ends what runs, looks whether what the nodes wrote down can be proved and replayed, and takes the network down.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (LabNode node in Nodes)
        {
            node.Abandon();
        }

        Others.ForEach(process => process.Dispose());
        try
        {
            if (!_failed)
            {
                Assert.All(Nodes, node => JournalClaims.Hold(node.Journal.Rows()));
            }
        }
        finally
        {
            await TakeDownAsync();
        }
    }

    private async Task TakeDownAsync()
    {
        foreach (string host in _hosts.Append("switch"))
        {
            if (File.Exists($"/run/netns/{NamespaceOf(host)}"))
            {
                await LeftOvers.RemoveNamespaceAsync(NamespaceOf(host));
            }
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task BuildAsync()
    {
        string[] devices = _secondNetwork ? ["eth0", "eth1"] : ["eth0"];
        await Command.IpBatchAsync("", _hosts.Append("switch").Select(host => $"netns add {NamespaceOf(host)}"));
        await Command.IpBatchAsync(
            $"-n {Switch}",
            devices.SelectMany(device => (string[])
            [
                $"link add {BridgeOf(device)} type bridge forward_delay 0",
                $"link set {BridgeOf(device)} up",
                .. _hosts.SelectMany(host => (string[])
                [
                    $"link add {PortOf(host, device)} type veth peer name {device} netns {NamespaceOf(host)}",
                    $"link set {PortOf(host, device)} master {BridgeOf(device)} up",
                ]),
            ]));
        foreach (string host in _hosts)
        {
            await Command.IpBatchAsync(
                $"-n {NamespaceOf(host)}",
                ["link set lo up", .. devices.SelectMany((device, index) => (string[])
                [
                    $"addr add 10.{51 + index}.0.{HostNumber(host)}/24 brd + dev {device}",
                    $"link set {device} up",
                ])]);
        }
    }

    private int HostNumber(string host) => host switch
    {
        "client" => 3,
        "control" => 10,
        _ => Nodes.First(node => node.Name == host).Host,
    };
}
