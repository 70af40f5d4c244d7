using System.Text.Json;

namespace Keepalived.Es.Lab.Framework;

/// <summary>Whose daemon runs on a node.</summary>
public enum DaemonKind
{
    /// <summary>keepalived-es, the program under test.</summary>
    Ours,

    /// <summary>keepalived, as the distribution ships it.</summary>
    Keepalived,
}

/// <summary>One node of the lab: a namespace with <c>eth0</c> on the lab's bridge, its files, and the daemon that runs on it.</summary>
internal sealed class LabNode
{
    private readonly NetnsLab _lab;
    private readonly List<LabProcess> _daemons = [];
    private string _settings = "";

    internal LabNode(NetnsLab lab, string name, int host)
    {
        (_lab, Name, Host) = (lab, name, host);
        Directory.CreateDirectory(StateDirectory);
        WriteSettings("");
    }

    /// <summary><c>a</c>, <c>b</c> or <c>c</c>; the daemon's name is <c>node-a</c> and so on.</summary>
    internal string Name { get; }

    /// <summary>Last part of its addresses.</summary>
    internal int Host { get; }

    internal string Namespace => _lab.NamespaceOf(Name);

    /// <summary>Its address on <c>eth0</c>.</summary>
    internal string Address => $"10.51.0.{Host}";

    internal string Folder => Path.Combine(_lab.Folder, Name);

    internal string StateDirectory => Path.Combine(Folder, "state");

    internal string PidFile => Path.Combine(Folder, "daemon.pid");

    /// <summary>keepalived's second one.</summary>
    internal string VrrpPidFile => Path.Combine(Folder, "vrrp.pid");

    internal string ConfigurationFile => Path.Combine(Folder, "keepalived.conf");

    internal string SettingsFile => Path.Combine(Folder, "node.yaml");

    internal LabJournal Journal => new(StateDirectory);

    /// <summary>The daemon that was started last.</summary>
    internal LabProcess Daemon => _daemons[^1];

    /// <summary>Everything that the daemons of this node printed.</summary>
    internal string Log => string.Concat(_daemons.Select(daemon => daemon.Log));

    /// <summary>Whether the daemon that was started last has logged this.</summary>
    internal bool Says(string text) => Daemon.Log.Contains(text, StringComparison.Ordinal);

    /// <summary>Writes node.yaml: name, site and state directory, then <paramref name="more"/>.</summary>
    internal void WriteSettings(string more)
    {
        _settings = $"node: node-{Name}\nsite: lab\nstate: {StateDirectory}\n{more}";
        File.WriteAllText(SettingsFile, _settings);
    }

    internal void Start(DaemonKind kind, string configuration)
    {
        File.WriteAllText(ConfigurationFile, configuration);
        if (kind == DaemonKind.Ours)
        {
            Run(Programs.KeepalivedEs, "-n", "-l", "-D", "-f", ConfigurationFile, "-p", PidFile, $"--node-config={SettingsFile}");
        }
        else
        {
            Run("keepalived", "-n", "-l", "-D", "-G", "-P", "-f", ConfigurationFile, "-p", PidFile, "-r", VrrpPidFile);
        }
    }

    internal void StartOurs(string configuration) => Start(DaemonKind.Ours, configuration);

    internal void StartKeepalived(string configuration) => Start(DaemonKind.Keepalived, configuration);

    /// <summary>Runs any program on the node as its daemon.</summary>
    internal void Run(string program, params IEnumerable<string> arguments) =>
        _daemons.Add(LabProcess.Start($"node {Name}, start {_daemons.Count + 1}", Namespace, program, arguments));

    /// <summary>Writes another configuration and sends SIGHUP; waits until the daemon says that it is in force, or refused.</summary>
    internal async Task ReloadAsync(string configuration)
    {
        int before = Reloads();
        File.WriteAllText(ConfigurationFile, configuration);
        Daemon.Signal(Signals.HangUp);
        await _lab.UntilAsync($"{Name} is reloaded", () => Reloads() > before);
    }

    /// <summary>SIGKILL to all processes of the daemon at once. The addresses stay.</summary>
    internal async Task KillHardAsync()
    {
        Daemon.KillHard();
        await _lab.UntilAsync($"the killed daemon of {Name} is gone", () => Daemon.HasEnded);
    }

    /// <summary>As if the plug were pulled: no daemon, nobody answers for the virtual addresses, and what was under /run is gone.</summary>
    internal async Task PowerOffAsync()
    {
        await KillHardAsync();
        File.Delete(PidFile);
        File.Delete(VrrpPidFile);
        IReadOnlyList<string> held = await AddressesAsync();
        foreach (string address in held.Where(address => address != Address && address.StartsWith("10.51.0.", StringComparison.Ordinal)))
        {
            await Command.IpAsync($"-n {Namespace} addr flush to {address}");
        }
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    internal async Task<int> StopGracefullyAsync()
    {
        Daemon.Signal(Signals.Terminate);
        await _lab.UntilAsync($"the daemon of {Name} ends on SIGTERM", () => Daemon.HasEnded);
        return Daemon.ExitCode;
    }

    /// <summary>Pulls the cable of an interface: the node loses the carrier.</summary>
    internal Task LinkDownAsync(string device = "eth0") => SetPortAsync(device, "down");

    /// <summary>Plugs it in again.</summary>
    internal Task LinkUpAsync(string device = "eth0") => SetPortAsync(device, "up");

    /// <summary>Takes the node's port off the bridge: the carrier stays, and nobody is heard any more.</summary>
    internal Task IsolateAsync(string device = "eth0") => SetPortAsync(device, "nomaster");

    /// <summary>Puts the port back.</summary>
    internal Task RejoinAsync(string device = "eth0") => SetPortAsync(device, $"master {NetnsLab.BridgeOf(device)}");

    /// <summary>Runs <c>ip</c> in the node's namespace.</summary>
    internal Task<string> IpAsync(string arguments) => Command.IpAsync($"-n {Namespace} {arguments}");

    /// <summary>Whether the kernel holds the address, on whatever interface.</summary>
    internal async Task<bool> HoldsAsync(string address) => (await AddressesAsync()).Contains(address);

    /// <summary>All IPv4 addresses that the node's kernel holds, without their prefix lengths.</summary>
    internal async Task<IReadOnlyList<string>> AddressesAsync()
    {
        using JsonDocument links = JsonDocument.Parse(await Command.IpAsync($"-j -n {Namespace} -4 addr"));
        return
        [
            .. links.RootElement.EnumerateArray()
                .Where(link => link.TryGetProperty("addr_info", out _))                  // the filter leaves empty objects
                .SelectMany(link => link.GetProperty("addr_info").EnumerateArray())
                .Select(address => address.GetProperty("local").GetString()!),
        ];
    }

    /// <summary>Ends what still runs.</summary>
    internal void Abandon() => _daemons.ForEach(daemon => daemon.Dispose());

    /// <summary>All logs, for a message.</summary>
    public override string ToString() => string.Concat(_daemons.Select(daemon => daemon.ToString()));

    private int Reloads() =>
        Daemon.Log.Split('\n').Count(line => line.Contains("Reload complete", StringComparison.Ordinal) || line.Contains("Reload refused", StringComparison.Ordinal));

    private Task<string> SetPortAsync(string device, string change) =>
        Command.IpAsync($"-n {_lab.Switch} link set {NetnsLab.PortOf(Name, device)} {change}");
}
