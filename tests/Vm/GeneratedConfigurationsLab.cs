using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.NodeRuntime.Lvs;

namespace Keepalived.Es.Vm;

/// <summary>Files with virtual servers of every kind: what the kernel holds right after the start is what it holds with keepalived.</summary>
public sealed class GeneratedConfigurationsLab
{
    private const int Files = 38;
    private const int VirtualServersPerFile = 8;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, Files)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task The_kernel_holds_the_same_as_with_keepalived(int seed)
    {
        string text = new ConfigurationGenerator(seed).File(VirtualServersPerFile);
        using var theirs = new Director();
        using var ours = new Director();
        using Balancer keepalived = await Balancer.StartAsync(Balancer.Keepalived, theirs.Network, text);
        string refusals = Put(ours, text);

        string[] wanted = Lines(theirs);
        string[] held = Lines(ours);
        string difference = string.Join('\n', wanted.Except(held).Select(line => $"- {line}").Concat(held.Except(wanted).Select(line => $"+ {line}")));
        Assert.True(difference.Length == 0, $"seed {seed}: - keepalived, + ours\n{difference}\n{refusals}\n{text}\n{keepalived.Log}");
        Assert.NotEmpty(held);
    }

    /// <summary>What ipvsadm reads; and thresholds, which it does not save.</summary>
    private static string[] Lines(Director director) =>
    [
        .. director.Saved(),
        .. from service in director.Table().Services
           from destination in service.Value.Destinations
           select $"{service.Key} {destination.Key} thresholds {destination.Value.UpperThreshold} {destination.Value.LowerThreshold}",
    ];

    /// <summary>As the daemon does at its start.</summary>
    /// <returns>What the kernel refused.</returns>
    private static string Put(Director director, string text)
    {
        ConfigParse parse = ConfigReader.Read("generated.conf", new TextFile(text), new ConfigOptions("vm"));
        Assert.True(parse.Config is not null, $"{ConfigReport.Text(parse)}\n{text}");
        VirtualServerRuntime[] servers = [.. parse.Config.Lvs.VirtualServers.Select(settings => new VirtualServerRuntime(settings))];
        foreach (VirtualServerRuntime server in servers)
        {
            server.State = VirtualServerMachine.Step(server.Settings, server.State, new VirtualServerInput(VirtualServerInputKind.Start), TimeSpan.Zero, []);
        }

        IpvsTable wanted = IpvsTable.Of(servers.SelectMany(server => server.Wanted()));
        List<string> refusals = [];
        var kernel = new KernelTable(director.Ipvs);
        kernel.Put(wanted, (command, error) => refusals.Add(error is null ? "" : $"refused: {command}: {error}"));
        return string.Join('\n', refusals.Where(refusal => refusal.Length > 0));
    }
}
