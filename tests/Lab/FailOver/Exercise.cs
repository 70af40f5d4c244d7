using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.FailOver;

/// <summary>The usual first exercise with keepalived, configured as people write it: tabs, remarks, blank lines, few keywords.</summary>
public sealed class Exercise
{
    private const string OnTheMaster =
        "\nvrrp_instance VRRP1 {  \n\n"
        + "\tinterface eth0 \t\t# Interface that gets the virtual address\n\n"
        + "\tstate MASTER\n\n"
        + "\tpriority 101           \t# 101 on the master, 100 on the backup\n\n"
        + "\tnopreempt               # Stay where it is\n\n"
        + "\tvirtual_router_id 51 \t# The same on both instances, \n"
        + "\t\t\t\t\t\t\t# one of its own for each pair on this network\n\n"
        + "\tauthentication {\n"
        + "       \tauth_type PASS\n"
        + "        auth_pass 10086\n"
        + "    }\n\n"
        + "\tvirtual_ipaddress {  \t# The address that moves\n"
        + "\t\t10.51.0.100/24  dev eth0\n"
        + "\t}\n\n"
        + "}\n";

    private static readonly string OnTheBackup = OnTheMaster
        .Replace("state MASTER", "state BACKUP", StringComparison.Ordinal)
        .Replace("priority 101 ", "priority 100 ", StringComparison.Ordinal);

    [LabFact]
    public async Task The_address_moves_to_the_backup_and_back()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        (LabNode a, LabNode b) = (lab.A, lab.B);
        a.StartOurs(OnTheMaster);
        await lab.UntilHeldAloneByAsync(a);
        b.StartOurs(OnTheBackup);
        await lab.UntilAsync("b is in BACKUP", () => b.Says("(VRRP1) Entering BACKUP STATE"));
        await lab.ThatAsync(
            "a warns that nopreempt does not act with state MASTER",
            a.Says("nopreempt") && a.Says("keepalived.conf:10:"));

        await a.PowerOffAsync();
        await lab.UntilHeldAloneByAsync(b);

        a.StartOurs(OnTheMaster);
        await lab.UntilHeldAloneByAsync(a);
        await lab.UntilAsync(
            "b recorded its three states",
            () => b.Journal.Events<ITransitionEvent>() is [InstanceBecameBackup, InstanceBecameMaster, InstanceBecameBackup]);
    }
}
