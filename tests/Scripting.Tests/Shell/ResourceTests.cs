using System.ComponentModel;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Scripting.Tests.Support;

namespace Keepalived.Es.Scripting.Tests.Shell;

/// <summary>Counts what the whole process holds, so no other test may run meanwhile.</summary>
[Collection(nameof(ResourceTests))]
[CollectionDefinition(nameof(ResourceTests), DisableParallelization = true)]
public sealed class ResourceTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kes-test-");
    private readonly ScriptRunner _runner = new(TimeProvider.System);

    public void Dispose()
    {
        _runner.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Three_hundred_at_once_use_one_thread_and_leave_no_descriptor_or_zombie_behind()
    {
        _ = await _runner.RunAsync(Sh("exit 0"), CancellationToken.None);
        int threads = Threads();
        int descriptors = Descriptors();
        Task<ShellOutcome>[] all =
        [
            .. Enumerable.Range(0, 300).Select(i =>
                _runner.RunAsync(Sh($"while [ ! -e {At("go")} ]; do sleep 0.1; done; echo {i}; exit {i % 250}"), CancellationToken.None)),
        ];
        Assert.InRange(Threads(), 0, threads + 10);              // the runtime's own pool may grow by a few
        File.WriteAllText(At("go"), "");
        for (int i = 0; i < all.Length; i++)
        {
            ShellOutcome outcome = await Ends.Async(all[i], $"{i}");
            Assert.Equal((i % 250, $"{i}\n"), (outcome.ExitCode, outcome.OutputTail));
        }

        await Ends.UntilAsync(() => Descriptors() <= descriptors + 5);
        Assert.DoesNotContain(Children(), Ends.IsGone);
    }

    [Fact]
    public void One_that_cannot_be_started_leaves_no_descriptor_behind()
    {
        int before = Descriptors();
        for (int i = 0; i < 100; i++)
        {
            Assert.Throws<Win32Exception>(() => _runner.StartPiped(new ShellRequest(["/no/such/program"])));
        }

        Assert.InRange(Descriptors(), 0, before + 20);
    }

    private static int Threads() => Directory.GetDirectories("/proc/self/task").Length;

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static List<string> Children()
    {
        List<string> children = [];
        foreach (string thread in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                children.AddRange(File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries));
            }
            catch (IOException)
            {
                continue;                                        // the thread has ended; its children are another's now
            }
        }

        return children;
    }

    private static ShellRequest Sh(string script) => new(["/bin/sh", "-c", script]) { TimeLimit = TimeSpan.FromMinutes(5) };

    private string At(string name) => Path.Combine(_directory.FullName, name);
}
