using System.Net.Sockets;

namespace Keepalived.Es.Vm;

/// <summary><c>nftables_ipvs</c>: a group has one mark and one service, and clients get answers at each of its addresses.</summary>
public sealed class MarksLab
{
    [Fact]
    public async Task A_group_is_balanced_by_one_mark()
    {
        using var lan = new Lan();
        using var first = new NamedServer(lan.AddTranslated(11), "one", 8080);
        using var second = new NamedServer(lan.AddTranslated(12), "two", 8080);
        using Balancer balancer = await Balancer.StartAsync(Balancer.Ours, lan.Director.Network, Configuration);

        Assert.Equal(["-A -f 1000 -s rr", "-a -f 1000 -r 10.51.82.11:8080 -m -w 1", "-a -f 1000 -r 10.51.82.12:8080 -m -w 1"], lan.Director.Saved());
        Assert.Equal("one two", await NamesAsync(lan, 80, 81));         // by turns over both addresses: it is one service

        await balancer.StopAsync();
        Assert.Empty(lan.Director.Saved());
        Assert.Equal("", lan.Director.Network.Execute("nft", "list tables").Trim());
    }

    private static async Task<string> NamesAsync(Lan lan, params int[] ports)
    {
        SortedSet<string> names = [];
        foreach (int port in ports)
        {
            using Socket socket = await lan.ConnectAsync(Lan.Vip, port);
            names.Add(await Lan.AskAsync(socket));
        }

        return string.Join(' ', names);
    }

    private static string Configuration =>
        $$"""
        global_defs {
          nftables_ipvs
        }
        virtual_server_group G {
          {{Lan.Vip}} 80
          {{Lan.Vip}} 81
        }
        virtual_server group G {
          lvs_sched rr
          lvs_method NAT
          protocol TCP
          real_server 10.51.82.11 8080 {
          }
          real_server 10.51.82.12 8080 {
          }
        }
        """;
}
