using Keepalived.Es.Domain.Configuration;

namespace Keepalived.Es.Domain.Tests.Configuration;

public sealed class SyncGroupTests
{
    private static readonly string Instances = Configs.Instance("", "A", 1) + Configs.Instance("", "B", 2) + Configs.Instance("priority 255", "O", 3);

    [Fact]
    public void Members_may_be_defined_later_and_keep_their_order()
    {
        ConfigParse parse = Configs.Read("vrrp_sync_group G {\ngroup {\nB\nA\n}\nnotify_master /bin/true\n}\n" + Instances);
        Assert.Empty(parse.Diagnostics);
        SyncGroupSettings group = Assert.Single(parse.Config!.SyncGroups);
        Assert.Equal("G: B A", $"{group.Name}: {string.Join(' ', group.Members)}");
        Assert.Equal("/bin/true", group.Notify.Master!.Command[0]);
        Assert.Equal([true, true, false], parse.Config.Instances.Select(instance => instance.Vrrp.InSyncGroup));
    }

    [Theory]
    [InlineData("vrrp_sync_group G { group { A B C } }", "KA0301", "A B")]
    [InlineData("vrrp_sync_group G { group { A } }", "KA0302", "A")]
    [InlineData("vrrp_sync_group G { group { C } }", "KA0304 KA0301", null)]
    [InlineData("vrrp_sync_group G { notify /bin/true\n}", "KA0304", null)]
    [InlineData("vrrp_sync_group G { group { A A B } }", "KA0111", "A B")]
    [InlineData("vrrp_sync_group G { group { A O } }", "KA0305", "A O")]
    [InlineData("vrrp_sync_group G { group { A B }\ntrack_interface { eth0\n}\n}", "KA0102", "A B")]
    public void What_is_odd_about_a_group_is_a_warning(string group, string codes, string? members)
    {
        ConfigParse parse = Configs.Read(Instances + group);
        Assert.Equal(codes, string.Join(' ', Configs.Codes(parse)));
        Assert.Equal(members, parse.Config!.SyncGroups is [var only] ? string.Join(' ', only.Members) : null);
    }

    [Theory]
    [InlineData("vrrp_sync_group G { group { A B } }\nvrrp_sync_group H { group { B O } }", "'B' is already in vrrp_sync_group G: an instance may be in one group only")]
    [InlineData("vrrp_sync_group G { group { A B } }\nvrrp_sync_group G { group { O } }", "vrrp_sync_group G is already defined at /etc/keepalived/keepalived.conf:25:1")]
    [InlineData("vrrp_sync_group { group { A B } }", "vrrp_sync_group needs a value")]
    [InlineData("vrrp_sync_group G { A\nB\n}", "unknown keyword 'A' in vrrp_sync_group")]
    public void A_group_that_cannot_work_is_an_error(string group, string message)
    {
        ConfigParse parse = Configs.Read(Instances + group);
        Assert.Null(parse.Config);
        Assert.Contains(message, parse.Diagnostics.Select(found => found.Message));
    }
}
