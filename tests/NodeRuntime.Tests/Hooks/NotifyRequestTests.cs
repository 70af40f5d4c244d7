using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Hooks;

namespace Keepalived.Es.NodeRuntime.Tests.Hooks;

public sealed class NotifyRequestTests
{
    private static readonly NotifyScripts All = new(
        Script("/m", "for 'master'"), Script("/b"), Script("/f"), Script("/s"), new ScriptCommand(["/any", "own"], default, "nobody", "nogroup"), Script("/lower"));

    [Theory]                                                     // keepalived.conf(5): the specific script first, then notify with four arguments
    [InlineData(VrrpPhase.Master, "notify_master VI_1: /m for 'master'", "MASTER")]
    [InlineData(VrrpPhase.Backup, "notify_backup VI_1: /b", "BACKUP")]
    [InlineData(VrrpPhase.Fault, "notify_fault VI_1: /f", "FAULT")]
    [InlineData(VrrpPhase.Initialize, "notify_stop VI_1: /s", "STOP")]
    public void An_instance_runs_the_specific_script_then_the_general_one(VrrpPhase to, string specific, string state)
    {
        NotifyRequest[] requests = [.. NotifyRequest.OfInstance(Instance(All), to, priority: 150, causeToken: 9)];
        Assert.Equal([specific, $"notify VI_1: /any own INSTANCE VI_1 {state} 150"], requests.Select(Text));
        Assert.All(requests, request => Assert.Equal(("VI_1", 9), (request.Owner, request.CauseToken)));
        Assert.Equal((null, null), (requests[0].User, requests[0].Group));
        Assert.Equal(("nobody", "nogroup"), (requests[1].User, requests[1].Group));
    }

    [Fact]
    public void A_group_has_priority_0() => Assert.Equal(
        ["notify_master G 1: /m for 'master'", "notify G 1: /any own GROUP G 1 MASTER 0"],
        NotifyRequest.OfGroup(new SyncGroupSettings("G 1", default, ["VI_1"], All), VrrpPhase.Master, 1).Select(Text));

    [Theory]
    [InlineData(VrrpPhase.Master)]
    [InlineData(VrrpPhase.Initialize)]
    public void Without_scripts_there_is_nothing_to_run(VrrpPhase to) => Assert.Empty(NotifyRequest.OfInstance(Instance(NotifyScripts.None), to, 100, 1));

    [Fact]
    public void The_owner_is_the_name_with_its_spaces() => Assert.Equal("G 1", new NotifyRequest("notify_master G 1", ["/x"], null, null, 0).Owner);

    private static string Text(NotifyRequest request) => $"{request.Hook}: {string.Join(' ', request.Command)}";

    private static ScriptCommand Script(params string[] command) => new([.. command], default);

    private static VrrpInstanceSettings Instance(NotifyScripts scripts) => Settings.Instance() with { Notify = scripts };
}
