using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Tests.Configuration;

namespace Keepalived.Es.Domain.Tests.Lvs;

public sealed class FirewallMarkPlanTests
{
    private const string Server = "lvs_sched rr\nlvs_method TUN\nprotocol TCP\nreal_server 198.51.100.1 {\n}\n";

    private const string Text =
        "global_defs {\nnftables_ipvs marks\nnftables_ipvs_priority 5\nnftables_ipvs_start_fwmark 7\n}\n"
        + "virtual_server_group G {\n192.0.2.1 80\n192.0.2.2 81\n2001:db8::1 80\n192.0.2.3\n}\nvirtual_server_group H {\n192.0.2.9 80\nfwmark 7\n}\n"
        + "virtual_server group G {\n" + Server + "}\nvirtual_server group H {\n" + Server + "}\nvirtual_server 192.0.2.8 80 {\n" + Server + "}\n";

    [Fact]
    public void A_group_without_marks_of_its_own_gets_one_that_is_free()
    {
        LvsSettings lvs = Configs.Read(Text).Config!.Lvs;
        Assert.Equal(
            ["FWM 8 FWM 8", "[192.0.2.9]:tcp:80 FWM 7", "[192.0.2.8]:tcp:80"], lvs.VirtualServers.Select(server => string.Join(' ', server.Services)));
        Assert.Equal([false, true], lvs.VirtualServers[0].Services.Select(service => service.IsIPv6));
        Assert.Equal(4, lvs.VirtualServers[0].MarkedAddresses.Length);
    }

    [Fact]
    public void The_script_sets_both_tables_anew()
    {
        LvsSettings lvs = Configs.Read(Text).Config!.Lvs;
        Assert.Equal(
            """
            add table ip marks
            delete table ip marks
            table ip marks {
            map tcp_map {
            type ipv4_addr . inet_service : mark
            elements = { 192.0.2.1 . 80 : 8, 192.0.2.2 . 81 : 8 }
            }
            map tcp_any_map {
            type ipv4_addr : mark
            elements = { 192.0.2.3 : 8 }
            }
            chain in {
            type filter hook input priority 5; policy accept;
            meta mark set ip daddr . tcp dport map @tcp_map
            meta l4proto tcp meta mark set ip daddr map @tcp_any_map
            }
            }
            add table ip6 marks
            delete table ip6 marks
            table ip6 marks {
            map tcp_map {
            type ipv6_addr . inet_service : mark
            elements = { 2001:db8::1 . 80 : 8 }
            }
            chain in {
            type filter hook input priority 5; policy accept;
            meta mark set ip6 daddr . tcp dport map @tcp_map
            }
            }

            """,
            FirewallMarkPlan.Script(lvs.VirtualServers, lvs.FirewallMarks!));
    }
}
