namespace Keepalived.Es.Lab.Framework;

/// <summary>Writes the text of a <c>vrrp_instance</c> that both daemons read.</summary>
internal sealed record VrrpText
{
    internal static readonly VrrpText Version2 = new() { Version = 2, Interval = "1" };

    internal static readonly VrrpText Version3 = new() { Version = 3, Interval = "0.2" };

    internal string Instance { get; init; } = "VI_1";

    internal int Version { get; init; }

    /// <summary><c>advert_int</c>, seconds.</summary>
    internal string Interval { get; init; } = "1";

    internal TimeSpan AdvertInterval => TimeSpan.FromSeconds(double.Parse(Interval, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary><c>auth_type PASS</c>.</summary>
    internal bool Password { get; init; }

    internal bool Unicast { get; init; }

    internal string State { get; init; } = "BACKUP";

    internal string Device { get; init; } = "eth0";

    internal int Vrid { get; init; } = 51;

    internal string VirtualAddress { get; init; } = NetnsLab.Vip + "/24";

    /// <summary><c>garp_master_delay</c>, whole seconds.</summary>
    internal int GarpDelay { get; init; } = 1;

    /// <summary>Further lines of the instance.</summary>
    internal string More { get; init; } = "";

    /// <summary>The instance of one node.</summary>
    internal string For(LabNode node, int priority, params IEnumerable<LabNode> peers) => $$"""
        vrrp_instance {{Instance}} {
            interface {{Device}}
            state {{State}}
            version {{Version}}
            virtual_router_id {{Vrid}}
            priority {{priority}}
            advert_int {{Interval}}
            garp_master_delay {{GarpDelay}}
            {{(Password ? "authentication {\n        auth_type PASS\n        auth_pass 10086\n    }" : "")}}
            {{(Unicast ? UnicastLines(node, peers) : "")}}
            virtual_ipaddress {
                {{VirtualAddress}} dev {{Device}}
            }
            {{More}}
        }

        """;

    private static string UnicastLines(LabNode node, IEnumerable<LabNode> peers) =>
        $"unicast_src_ip {node.Address}\n    unicast_peer {{\n{string.Concat(peers.Select(peer => $"        {peer.Address}\n"))}    }}";
}
