using System.Buffers.Binary;

namespace Keepalived.Es.Lab.Framework;

/// <summary>Frames of one interface, taken by tcpdump and judged by tshark's dissectors.</summary>
internal sealed class WireCapture
{
    private const int FileHeaderLength = 24;
    private const int RecordHeaderLength = 16;

    private readonly NetnsLab _lab;
    private readonly LabProcess _tcpdump;
    private readonly string _file;

    private WireCapture(NetnsLab lab, LabProcess tcpdump, string file) => (_lab, _tcpdump, _file) = (lab, tcpdump, file);

    /// <summary>Starts to take what a node sends and receives on <c>eth0</c>, seen from the bridge.</summary>
    /// <param name="filter">As in pcap-filter(7).</param>
    internal static async Task<WireCapture> StartAsync(NetnsLab lab, LabNode node, string filter)
    {
        string file = Path.Combine(lab.Folder, $"{node.Name}-{lab.Others.Count}.pcap");
        LabProcess tcpdump = LabProcess.Start(
            "capture", lab.Switch, "tcpdump",
            "-U", "--immediate-mode", "-Z", "root", "-i", NetnsLab.PortOf(node.Name, "eth0"), "-w", file, filter);
        lab.Others.Add(tcpdump);
        await lab.UntilAsync("tcpdump listens", () => tcpdump.Log.Contains("listening on", StringComparison.Ordinal));
        return new WireCapture(lab, tcpdump, file);
    }

    internal async Task StopAsync()
    {
        _tcpdump.Signal(Signals.Terminate);
        await _lab.UntilAsync("tcpdump ends", () => _tcpdump.HasEnded);
    }

    /// <summary>The frames as they were on the wire, from the destination's hardware address on.</summary>
    internal List<byte[]> Frames()
    {
        byte[] file = File.ReadAllBytes(_file);
        var frames = new List<byte[]>();
        for (int at = FileHeaderLength; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            frames.Add(file[(at + RecordHeaderLength)..(at + RecordHeaderLength + length)]);
            at += RecordHeaderLength + length;
        }

        return frames;
    }

    /// <summary>What tshark reads, one line a frame: the fields in their order.</summary>
    internal async Task<List<string[]>> DissectAsync(params IEnumerable<string> fields)
    {
        IEnumerable<string> wanted = fields.SelectMany(field => (string[])["-e", field]);
        string[] options = ["-r", _file, "-n", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=/t", .. wanted];
        CommandResult result = await Command.RunAsync("tshark", options);
        await _lab.ThatAsync($"tshark reads the capture: {result}", result.ExitCode == 0);
        return [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
    }
}
