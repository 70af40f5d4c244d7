using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Keepalived.Es.Scripting.Hooks;
using Keepalived.Es.Scripting.Settings;

namespace Keepalived.Es.NodeRuntime.Tests.Hooks;

public sealed class NotifyScriptsTests : IAsyncDisposable
{
    private const string Node = JournalFixture.Node;
    private readonly TemporaryDirectory _directory = new();
    private readonly JournalWriter _journal;
    private readonly HookParts _hooks;
    private bool _ended;

    public NotifyScriptsTests()
    {
        _journal = new JournalWriter(() => JournalStore.Open(_directory.Path, Node, "boot"), Node, JournalLimits.Default, TimeProvider.System);
        var settings = new NodeSettings { Node = Node, Hooks = new HookSettings { Policy = new HookPolicy { StopWait = TimeSpan.FromSeconds(1) } } };
        _hooks = HookParts.Create(new KeepalivedConfig(), settings, _journal, "boot", TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Scripts_of_one_owner_run_one_after_the_other_in_the_order_of_handing_over()
    {
        for (int i = 0; i < 20; i++)
        {
            Publish("VI_1", $"echo begin {i} >> {_directory["log"]}; sleep 0.00{i % 5}; echo end {i} >> {_directory["log"]}");
        }

        await FinishedAsync(20);
        Assert.Equal(Enumerable.Range(0, 20).SelectMany(i => new[] { $"begin {i}", $"end {i}" }), File.ReadAllLines(_directory["log"]));
    }

    [Fact]
    public async Task Owners_do_not_wait_for_each_other()
    {
        Publish("VI_1", $"while [ ! -e {_directory["go"]} ]; do sleep 0.01; done");
        Publish("VI_2", $"touch {_directory["go"]}");            // the first ends only because the second runs meanwhile
        await FinishedAsync(2);
    }

    [Fact]
    public async Task The_start_and_the_end_of_a_run_are_recorded_with_their_cause()
    {
        _journal.Record(new InstanceStopped(Node, "VI_1", 51, default, default, 0, default), token: 7);
        Publish("VI_1", new HookScript("notify_master", ["/bin/sh", "-c", "echo done; exit 3"], null, null), transition: 7);
        await FinishedAsync(1);
        await EndAsync();
        List<NodeRecord> records = JournalFixture.Records(_directory.Path);
        Assert.Equal(["instance_stopped", "hook_started", "hook_finished"], records.Select(record => record.Type));
        Assert.Equal([null, 1, 1], records.Select(record => record.Cause));
        Assert.Equal("hook/node-a/notify_master VI_1", records[1].Stream);
        var started = (HookStarted)EventCatalog.Deserialize(records[1].Type, records[1].Data)!;
        var finished = (HookFinished)EventCatalog.Deserialize(records[2].Type, records[2].Data)!;
        Assert.Equal(["/bin/sh", "-c", "echo done; exit 3"], started.Command);
        Assert.Equal((started.Run, 3, null, null, "done\n"), (finished.Run, finished.ExitCode, finished.Signal, finished.Error, finished.OutputTail));
        Assert.True(finished.Duration > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_script_that_cannot_be_started_does_not_keep_the_next_from_running()
    {
        Publish("VI_1", new HookScript("notify_master", ["/no/such/script"], null, null));
        Publish("VI_1", new HookScript("notify_master", ["/bin/true"], "no-such-user", null));
        Publish("VI_1", $"touch {_directory["ran"]}");
        List<HookFinished> finished = await FinishedAsync(3);
        Assert.Equal("/no/such/script: No such file or directory", finished[0].Error);
        Assert.Equal("/bin/true: there is no user 'no-such-user'", finished[1].Error);
        Assert.True(File.Exists(_directory["ran"]));
    }

    [Fact]
    public async Task Too_many_waiting_are_dropped_and_recorded_as_such_and_later_ones_run_again()
    {
        Publish("VI_1", $"while [ ! -e {_directory["go"]} ]; do sleep 0.01; done");
        for (int i = 1; i < 300; i++)
        {
            Publish("VI_1", "exit 0");
        }

        List<HookFinished> dropped = await FinishedAsync(300 - 256);
        Assert.All(dropped, finished => Assert.Equal("256 scripts of INSTANCE VI_1 wait already; this one was not run", finished.Error));
        Publish("VI_2", "exit 0");
        Assert.Null((await FinishedAsync(300 - 256 + 1))[^1].Error);
        File.WriteAllText(_directory["go"], "");
        await FinishedAsync(301);
        Publish("VI_1", "exit 0");
        Assert.Equal(0, (await FinishedAsync(302))[^1].ExitCode);
    }

    [Fact]
    public async Task At_the_stop_a_script_has_a_second_then_it_is_killed_and_what_waits_behind_it_is_not_started()
    {
        Publish("VI_1", $"trap '' TERM; touch {_directory["started"]}; while :; do sleep 0.1; done");
        Publish("VI_1", $"touch {_directory["never"]}");
        Publish("VI_2", $"while [ ! -e {_directory["stopping"]} ]; do sleep 0.01; done; exit 4");
        await Until.TrueAsync(() => File.Exists(_directory["started"]), "the script runs");
        Task stop = EndAsync();
        File.WriteAllText(_directory["stopping"], "");
        await Until.EndsAsync(stop, "the stop");
        Dictionary<string, List<HookFinished>> finished = Finished().GroupBy(run => run.Hook).ToDictionary(group => group.Key, group => group.ToList());
        Assert.Equal(4, finished["notify VI_2"][0].ExitCode);
        Assert.Equal(9, finished["notify VI_1"][0].Signal);
        Assert.Contains("not started", finished["notify VI_1"][1].Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["never"]));
    }

    private void Publish(string name, string script) => Publish(name, new HookScript("notify", ["/bin/sh", "-c", script], null, null));

    private void Publish(string name, HookScript script, long transition = 0) => _hooks.Queue.Publish(new StateNotification
    {
        Kind = "INSTANCE",
        Name = name,
        From = "BACKUP",
        State = "MASTER",
        Reason = "MasterDownTimerExpired",
        Priority = 100,
        Scripts = [script],
        Transition = transition,
    });

    private async Task<List<HookFinished>> FinishedAsync(int count)
    {
        await Until.TrueAsync(() => Finished().Count >= count, $"{count} scripts have ended");
        return Finished();
    }

    private List<HookFinished> Finished()
    {
        try
        {
            return [.. JournalFixture.Records(_directory.Path).Where(record => record.Type == "hook_finished")
                .Select(record => (HookFinished)EventCatalog.Deserialize(record.Type, record.Data)!)];
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            return [];                                           // nothing is written yet
        }
    }

    private async Task EndAsync()
    {
        if (!_ended)
        {
            _ended = true;
            await _hooks.DisposeAsync();
            await _journal.DisposeAsync();
        }
    }
}
