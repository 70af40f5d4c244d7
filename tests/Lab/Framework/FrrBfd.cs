using System.Text.Json;

namespace Keepalived.Es.Lab.Framework;

/// <summary>FRR's bfdd on a node, with the zebra that it needs to know the node's interfaces. Both have all their sockets in the lab's folder.</summary>
internal sealed class FrrBfd
{
    private const string Programs = "/usr/lib/frr";
    private readonly NetnsLab _lab;
    private readonly string _folder;

    private FrrBfd(NetnsLab lab, string folder) => (_lab, _folder) = (lab, folder);

    /// <summary>Starts both and waits until bfdd answers.</summary>
    /// <param name="configuration">What stands within the block <c>bfd</c>.</param>
    internal static async Task<FrrBfd> StartAsync(NetnsLab lab, LabNode node, string configuration)
    {
        string folder = Path.Combine(node.Folder, "frr");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "zebra.conf"), "");
        File.WriteAllText(Path.Combine(folder, "bfdd.conf"), $"bfd\n{configuration}\n!\n");
        CommandResult given = await Command.RunAsync("chown", ["-R", "frr:frr", folder]);            // they give up root
        await lab.ThatAsync($"the folder belongs to frr: {given}", given.ExitCode == 0);
        var frr = new FrrBfd(lab, folder);
        lab.Others.Add(frr.Run(node, "zebra"));
        await lab.UntilAsync("zebra listens", () => File.Exists(Path.Combine(folder, "zserv")));
        lab.Others.Add(frr.Run(node, "bfdd", "--bfdctl", Path.Combine(folder, "bfdctl")));
        await lab.UntilAsync("bfdd answers", async () => await frr.PeerAsync() is not null);
        return frr;
    }

    /// <summary>A field of its one peer, <c>status</c> or <c>remote-diagnostic</c> …; empty: there is none of that name.</summary>
    internal async Task<string> ReadAsync(string field) =>
        await PeerAsync() is { } peer && peer.TryGetProperty(field, out JsonElement value) ? value.ToString() : "";

    private LabProcess Run(LabNode node, string daemon, params IEnumerable<string> more) => LabProcess.Start(
        daemon, node.Namespace, Path.Combine(Programs, daemon),
        [
            "-f", Path.Combine(_folder, $"{daemon}.conf"), "-i", Path.Combine(_folder, $"{daemon}.pid"), "-z", Path.Combine(_folder, "zserv"),
            "--vty_socket", _folder, "-P", "0", "--log", "stdout", .. more,
        ]);

    private async Task<JsonElement?> PeerAsync()
    {
        CommandResult shown = await Command.RunAsync("vtysh", ["--vty_socket", _folder, "-d", "bfdd", "-c", "show bfd peers json"]);
        if (shown.ExitCode != 0 || !shown.Output.TrimStart().StartsWith('['))
        {
            return null;
        }

        using JsonDocument peers = JsonDocument.Parse(shown.Output);
        return peers.RootElement.GetArrayLength() == 1 ? peers.RootElement[0].Clone() : null;
    }
}
