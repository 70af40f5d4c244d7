using Keepalived.Es.Domain.Configuration;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Hooks;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Lvs;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>The daemon's loop of checks and virtual servers, in a namespace but within this process: for what comes from the control plane otherwise.</summary>
internal sealed class LoopInDirector : IAsyncDisposable
{
    private const string Node = "vm";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("loop-").FullName;
    private readonly JournalWriter _journal;
    private readonly HookParts _hooks;
    private readonly LvsLoop _loop;

    private LoopInDirector(NetworkNamespace network, string configuration)
    {
        KeepalivedConfig config = Read(configuration);
        _journal = new JournalWriter(() => JournalStore.Open(_folder, Node, "boot"), Node, JournalLimits.Default, TimeProvider.System);
        _hooks = HookParts.Create(config, new NodeSettings { Node = Node, StateDirectory = _folder }, _journal, "boot", TimeProvider.System);
        _loop = network.Run(() => new LvsLoop(config, Node, _journal, _hooks, new DrainStore(_folder, TimeProvider.System)));
    }

    internal static async Task<LoopInDirector> StartAsync(NetworkNamespace network, string configuration)
    {
        var loop = new LoopInDirector(network, configuration);
        await network.Run(loop._loop.StartAsync);                // its thread lives where it is started
        return loop;
    }

    /// <returns>Why not; null: done.</returns>
    internal Task<string?> DrainAsync(string service, string server, bool isDrained, TimeSpan? time)
    {
        var answer = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(new LvsMessage.Drain(service, server, isDrained, time, "the test", answer));
        return answer.Task.WaitAsync(_limit);
    }

    /// <returns>What changed.</returns>
    internal Task<IReadOnlyList<string>> ReloadAsync(string configuration)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.Post(new LvsMessage.Reload(Read(configuration).Lvs, HasFifo: false, answer));
        return answer.Task.WaitAsync(_limit);
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync(keepKernel: false);
        _loop.Dispose();
        await _hooks.FinishAsync();
        await _hooks.DisposeAsync();
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static KeepalivedConfig Read(string text)
    {
        ConfigParse parse = ConfigReader.Read("loop.conf", new TextFile(text), new ConfigOptions(Node));
        Assert.True(parse.Config is not null, ConfigReport.Text(parse));
        return parse.Config;
    }
}
