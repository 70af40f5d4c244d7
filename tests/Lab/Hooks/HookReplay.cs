using Keepalived.Es.Domain.Events;
using Keepalived.Es.Lab.Framework;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Lab.Hooks;

/// <summary>A hook of a past fail-over, tried again from the record.</summary>
public sealed class HookReplay
{
    [LabFact("postgres initdb")]
    public async Task A_hook_is_replayed_from_the_record_and_a_changed_file_differs_where_it_was_changed()
    {
        await using NetnsLab lab = await NetnsLab.StartAsync(control: true);
        await using LabControlPlane controlPlane = await LabControlPlane.StartAsync(lab);
        LabNode a = lab.A;
        await controlPlane.EnrollAsync(a);
        string hook = Path.Combine(a.Folder, "hook.js");
        const string Text = "function notify_master(ctx) { var old = kv.get('n').value || 0; kv.put('n', old + 1); log.info('run'); return old; }\n";
        File.WriteAllText(hook, Text);
        a.StartOurs("global_defs {\n    script_user root\n}\n" + (VrrpText.Version3 with { More = $"notify_master {hook}\n" }).For(a, 101));
        await lab.UntilAsync("the hook has ended", () => a.Journal.Events<HookFinished>().Count == 1);
        await controlPlane.UntilStoreHasJournalAsync(a);

        CommandResult same = await controlPlane.KesAsync("hooks", "replay", hook, "--of", "last:node-a");
        await lab.ThatAsync($"the same file makes the same calls: {same}", same.ExitCode == 0 && same.Output.Contains("= kv.put(\"n\",1)", StringComparison.Ordinal));

        File.WriteAllText(hook, Text.Replace("old + 1", "old + 2", StringComparison.Ordinal).Replace("log.info('run'); ", "", StringComparison.Ordinal));
        CommandResult other = await controlPlane.KesAsync("hooks", "replay", hook, "--of", "last:node-a");
        await lab.ThatAsync(
            $"the changed file differs: {other}",
            other.ExitCode == 1 && other.Output.Contains("! kv.put(\"n\",2)   recorded: kv.put(\"n\",1)", StringComparison.Ordinal)
            && other.Output.Contains("- log.info(\"run\")", StringComparison.Ordinal));
        CommandResult timeline = await controlPlane.KesAsync("audit", "timeline", "--node", "node-a");
        await lab.ThatAsync($"the timeline tells of the hook: {timeline}", timeline.Output.Contains("notify_master of", StringComparison.Ordinal));
    }
}
