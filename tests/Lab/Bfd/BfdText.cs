using Keepalived.Es.Lab.Framework;

namespace Keepalived.Es.Lab.Bfd;

/// <summary>The configuration of one session, and of what makes each daemon run it.</summary>
/// <param name="Source">Ours.</param>
/// <param name="Neighbor">The other's.</param>
internal sealed record BfdText(string Source, string Neighbor)
{
    /// <summary>Name of the session.</summary>
    internal const string Session = "path";

    /// <summary>The real server that the session's check looks after.</summary>
    internal const string Server = "[10.51.0.12]:tcp:80";

    /// <summary>Further lines of the session.</summary>
    internal string More { get; init; } = "";

    private string Block =>
        $"bfd_instance {Session} {{\n    source_ip {Source}\n    neighbor_ip {Neighbor}\n    min_rx 100\n    min_tx 100\n    multiplier 5\n{More}}}\n";

    /// <summary>For our daemon: a real server that is in service as long as the session is up, and scripts that say so.</summary>
    internal string ForOurs(LabNode node) => Block +
        "global_defs {\n    script_user root\n}\n"
        + "virtual_server 10.51.0.100 80 {\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n    real_server 10.51.0.12 80 {\n"
        + $"        notify_up \"/bin/sh -c 'echo up >>{Told(node)}'\"\n        notify_down \"/bin/sh -c 'echo down >>{Told(node)}'\"\n"
        + $"        BFD_CHECK {{\n            name {Session}\n        }}\n    }}\n}}\n";

    /// <summary>For keepalived, whose BFD process runs only beside another; its checkers end without IPVS.</summary>
    internal string ForKeepalived() => Block +
        $"vrrp_instance idle {{\n    state BACKUP\n    interface eth0\n    virtual_router_id 51\n    advert_int 100\n    virtual_ipaddress {{\n        {NetnsLab.Vip}\n    }}\n}}\n";

    /// <summary>Where the scripts write.</summary>
    internal static string Told(LabNode node) => Path.Combine(node.Folder, "told");
}
