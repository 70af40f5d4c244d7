using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Hooks;

/// <summary>Hooks in JavaScript, in the published daemon.</summary>
public sealed class JavaScriptHooks
{
    [LabFact]
    public async Task One_file_serves_every_event_and_says_what_it_was_given()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        LabNode a = lab.A;
        string hook = Write(a, """
            function track(ctx) { return {ok: true, weight: 30, note: ctx.script + ' ' + ctx.args.join()}; }
            function notify_master(ctx) { return ctx.kind + ' ' + ctx.instance + ' ' + ctx.from + ' ' + ctx.to + ' ' + ctx.reason + ' ' + ctx.priority + ' ' + ctx.vips + ' ' + ctx.args; }
            function notify(ctx) { if (ctx.to === 'BACKUP') { throw new Error('not today'); } }
            """);
        string script = $"global_defs {{\n    script_user root\n}}\nvrrp_script check {{\n    script \"{hook} one two\"\n    weight 20\n}}\n";
        a.StartOurs(script + (VrrpText.Version3 with
        {
            More = $"track_script {{\n        check\n    }}\n    notify_master \"{hook} red\"\n    notify_backup {hook}\n    notify {hook}\n",
        }).For(a, 101));
        await lab.UntilAsync("both scripts of the Master have ended", () => a.Journal.Events<HookFinished>().Count == 4);
        Dictionary<string, HookFinished[]> runs = a.Journal.Events<HookFinished>().GroupBy(run => run.Hook).ToDictionary(group => group.Key, group => group.ToArray());
        Assert.Equal($"\"INSTANCE VI_1 BACKUP MASTER MasterDownTimerExpired 131 {NetnsLab.Vip}/24 red\"", runs["notify_master VI_1"][0].Result);
        Assert.Equal($"{hook} has no function notify_backup", runs["notify_backup VI_1"][0].OutputTail);
        Assert.Contains("not today", runs["notify VI_1"][0].Error, StringComparison.Ordinal);
        Assert.StartsWith($"{hook}:3:", runs["notify VI_1"][0].Error, StringComparison.Ordinal);
        Assert.Equal(0, runs["notify VI_1"][1].ExitCode);
        TrackScriptChanged up = Assert.Single(a.Journal.Events<TrackScriptChanged>());
        Assert.Equal((TrackStatus.Up, "check one,two"), (up.To, up.Detail));
        Assert.Equal(0, await a.StopGracefullyAsync());
    }

    [LabTheory]
    [InlineData("while (true) { }", "CPU time")]
    [InlineData("var s = 'x'; while (true) { s += s; }", "heap")]
    [InlineData("var o = {get a() { return this.a; }}; return o.a;", "recursion")]
    [InlineData("new Array(2e8).join('*');", "CPU time")]
    [InlineData("/^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!');", "regular expression")]
    public async Task A_hook_that_overruns_is_ended_by_its_limit_and_the_advertisements_do_not_slip(string body, string limit)
    {
        await using NetnsLab lab = await NetnsLab.StartAsync();
        TimerWitness witness = await TimerWitness.StartAsync(lab);
        LabNode a = lab.A;
        string hook = Write(a, $"function notify_master(ctx) {{ {body} }}\nfunction notify_stop(ctx) {{ return 'clean'; }}\n");
        a.WriteSettings("hooks:\n  limits:\n    statements: 1000000000\n    cpu-time: 1\n");
        a.StartOurs("global_defs {\n    script_user root\n}\n" + (VrrpText.Version3 with { More = $"notify_master {hook}\n    notify_stop {hook}\n" }).For(a, 101));
        await lab.UntilAsync("the hook was ended", () => a.Journal.Events<HookFinished>().Count == 1);
        Assert.Equal(limit, a.Journal.Events<HookFinished>()[0].Limit);
        await witness.WasNeverLateAloneAsync(a, VrrpText.Version3.AdvertInterval);
        Assert.Equal(0, await a.StopGracefullyAsync());
        Assert.Equal("\"clean\"", a.Journal.Events<HookFinished>()[1].Result);
    }

    private static string Write(LabNode node, string text)
    {
        string file = Path.Combine(node.Folder, "hook.js");
        File.WriteAllText(file, text);
        return file;
    }
}
