using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Balancing;

/// <summary>This kernel has no IPVS: servers are checked, told of and drained all the same, and everybody hears that nothing is balanced.</summary>
public sealed class WithoutIpvs
{
    private const string Service = "[10.51.0.200]:tcp:80";

    [LabFact("postgres initdb socat")]
    public async Task Servers_are_checked_and_drained_and_it_is_said_that_nothing_is_balanced()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane controlPlane = await LabControlPlane.StartAsync(lab);
        (LabNode a, LabNode b) = (lab.A, lab.B);
        await controlPlane.EnrollAsync(a);
        b.Run("socat", "TCP-LISTEN:8080,fork,reuseaddr", "EXEC:true");
        string told = Path.Combine(a.Folder, "told");
        string configuration = Configuration(b, told);
        a.StartOurs(configuration);

        await lab.UntilAsync("the dead server is told of", () => File.Exists(told));
        await lab.UntilAsync("the board shows both", async () => await StatusAsync(controlPlane) is var board
            && board.Contains("DOWN", StringComparison.Ordinal) && board.Contains("connected", StringComparison.Ordinal));
        Assert.Contains("NOT BALANCED: no IPVS", await StatusAsync(controlPlane), StringComparison.Ordinal);
        Assert.Single(a.Log.Split('\n'), line => line.Contains("NOTHING IS BALANCED", StringComparison.Ordinal));
        CommandResult explained = await controlPlane.KesAsync("audit", "timeline", "--from", "5m", "--instance", Service);
        Assert.Contains("is DOWN: TCP_CHECK", explained.Output, StringComparison.Ordinal);

        CommandResult drained = await controlPlane.KesAsync("node", "drain", Service, $"{b.Address}:8080", "--for", "1h");
        Assert.True(drained.ExitCode == 0, drained.Output + drained.Error);
        await lab.UntilAsync("the board shows it drained", async () => (await StatusAsync(controlPlane)).Contains("drained", StringComparison.Ordinal));
        await a.KillHardAsync();
        a.StartOurs(configuration);
        await lab.UntilAsync("it is drained again, as before the kill", () => a.Says("is drained (as before the start)"));

        CommandResult back = await controlPlane.KesAsync("node", "undrain", Service, b.Address + ":8080");
        Assert.True(back.ExitCode == 0, back.Output + back.Error);
        await lab.UntilAsync("it is in service", async () => !(await StatusAsync(controlPlane)).Contains("drained", StringComparison.Ordinal));
    }

    private static async Task<string> StatusAsync(LabControlPlane controlPlane) => (await controlPlane.KesAsync("status")).Output;

    private static string Configuration(LabNode servers, string told) =>
        $$"""
        global_defs {
          enable_script_security
          script_user root
        }
        virtual_server 10.51.0.200 80 {
          delay_loop 0.5
          lvs_sched rr
          lvs_method NAT
          protocol TCP
          alpha
          warmup 0
          real_server {{servers.Address}} 8080 {
            TCP_CHECK {
              connect_timeout 2
            }
          }
          real_server {{servers.Address}} 8081 {
            notify_down "/bin/touch {{told}}"
            TCP_CHECK {
              connect_timeout 2
            }
          }
        }
        """;
}
