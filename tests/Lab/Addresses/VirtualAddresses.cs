using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Addresses;

/// <summary>What our daemon does with addresses and routes besides moving them.</summary>
public sealed class VirtualAddresses
{
    private const string Excluded = "10.51.0.200";

    /// <summary>keepalived drops advertisements whose list differs from its own, so it stays in BACKUP only if they are equal.</summary>
    [LabFact("keepalived tcpdump")]
    public async Task An_excluded_address_is_held_and_not_advertised()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        VrrpText withExcluded = VrrpText.Version3 with { More = $"virtual_ipaddress_excluded {{\n        {Excluded}/24 dev eth0\n    }}" };
        a.StartOurs(withExcluded.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        await lab.UntilHeldAloneByAsync(a, Excluded);

        b.StartKeepalived(VrrpText.Version3.For(b, 100));
        await lab.UntilAsync("b is in BACKUP", () => b.Says("(VI_1) Entering BACKUP STATE"));
        await Wire.AwaitAdvertisementsAsync(lab, a, 8);
        await lab.ThatAsync("keepalived never became Master", !b.Says("Entering MASTER STATE"));

        await a.StopGracefullyAsync();
        await lab.ThatAsync("a stopped daemon holds nothing", await a.AddressesAsync() is ["127.0.0.1", var own] && own == a.Address);
    }

    [LabFact]
    public async Task An_address_that_somebody_removes_is_put_back_and_the_node_stays_master()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        a.StartOurs(VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);

        await a.IpAsync($"addr del {NetnsLab.Vip}/24 dev eth0");
        await lab.UntilHeldAloneByAsync(a);
        await lab.UntilAsync("the loss is recorded", () => a.Journal.Events<AddressLost>() is [{ Device: "eth0" }]);
        await lab.UntilAsync("so is that it was put back", () => a.Journal.Events<AddressAdded>() is [{ Error: null }, { Error: null }]);
        await lab.ThatAsync(
            "a became Master once and stays it", a.Journal.Events<ITransitionEvent>() is [InstanceBecameBackup, InstanceBecameMaster]);
    }

    [LabFact]
    public async Task An_address_that_a_killed_daemon_left_is_removed_at_the_next_start()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        a.StartOurs(VrrpText.Version3.For(a, 101));
        b.StartOurs(VrrpText.Version3.For(b, 100));
        await lab.UntilHeldAloneByAsync(a);

        await a.KillHardAsync();
        await lab.UntilAsync("b takes the address too", () => b.HoldsAsync(NetnsLab.Vip));
        await lab.ThatAsync("nobody took it off the killed node", await a.HoldsAsync(NetnsLab.Vip));

        a.StartOurs(VrrpText.Version3.For(a, 50));               // would never become Master beside b
        await lab.UntilHeldAloneByAsync(b);
        await lab.ThatAsync("a says that it found a left-over", a.Says("left over"));
    }

    [LabFact]
    public async Task Static_addresses_and_routes_are_there_as_long_as_the_daemon_runs()
    {
        const string Statics = """
            static_ipaddress {
                10.51.0.77/24 dev eth0
            }
            static_routes {
                192.0.2.0/24 via 10.51.0.3 dev eth0
            }

            """;
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        a.StartOurs(Statics + VrrpText.Version3.For(a, 101));
        await lab.UntilHeldAloneByAsync(a);
        await lab.ThatAsync("the static address is held", await a.HoldsAsync("10.51.0.77"));
        await lab.ThatAsync("the static route is there", await HasRouteAsync(a));

        await a.IpAsync("addr del 10.51.0.77/24 dev eth0");
        await lab.UntilAsync("a static address that somebody removes is put back", () => a.HoldsAsync("10.51.0.77"));

        await a.StopGracefullyAsync();
        await lab.ThatAsync("the static address is gone", !await a.HoldsAsync("10.51.0.77"));
        await lab.ThatAsync("the static route is gone", !await HasRouteAsync(a));
    }

    private static async Task<bool> HasRouteAsync(LabNode node) =>
        (await node.IpAsync("route show 192.0.2.0/24")).Contains("via 10.51.0.3 dev eth0", StringComparison.Ordinal);
}
