namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>What does not happen while a keyword is not in force, so that the warning says what to expect.</summary>
internal static class Consequences
{
    internal static string Of(ConfigKeyword keyword) => keyword.Name switch
    {
        "vrrp_track_process" or "track_file" => "it is not run, and no priority changes by it",
        "track_interface" or "track_process" or "track_bfd" => "what it names changes neither state nor priority",
        "virtual_routes" or "virtual_rules" or "static_rules" => "nothing of it is set up",
        "use_vmac" or "use_vmac_addr" or "vmac_xmit_base" or "use_ipvlan" => "addresses go to the interface itself with its own MAC address",
        "no_accept" => "the master accepts packets to the virtual addresses",
        "strict_mode" or "vrrp_strict" => "no rule is enforced beyond the usual ones",
        "reload_time_file" or "reload_repeat" => "a reload comes by SIGHUP only",
        "reload_file" => "no file says that a reload runs; systemd and the log do",
        "net_namespace" => "the daemon stays in the namespace it is started in",
        _ => "it is read, and nothing is done about it",
    };
}
