using System.Diagnostics;
using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Keepalived.Es.Tests;
using Microsoft.Data.Sqlite;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>A disk that is full in the kernel's own opinion, and has room again later.</summary>
public sealed partial class FullDiskTests
{
    private const int Burst = 5_000;

    /// <summary>Blocks of 512 bytes. The runtime's own double mapping of code writes to a file in memory, which the limit would hit too.</summary>
    private const string Limit = "trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -S -f 600";

    [Fact]
    public async Task A_limit_on_the_size_of_files_costs_counted_events()
    {
        using var directory = new TemporaryDirectory();
        using var child = new ChildProgram(Limit, JournalChild.Verb, directory.Path, "boot", "1", $"{Burst}");
        await FillAndRecoverAsync(child, directory.Path, () => Lift(child.Id));
    }

    [LabFact("mount umount")]
    public async Task A_full_file_system_costs_counted_events()
    {
        using var directory = new TemporaryDirectory();
        Run("mount", "-t", "tmpfs", "-o", "size=700k", "none", directory.Path);
        try
        {
            using var child = new ChildProgram("", JournalChild.Verb, directory.Path, "boot", "1", $"{Burst}");
            await FillAndRecoverAsync(child, directory.Path, () => Run("mount", "-o", "remount,size=64m", directory.Path));
        }
        finally
        {
            Run("umount", "--lazy", directory.Path);
        }
    }

    /// <summary>Hands over more than fits on the disk and into memory, makes room, hands over a last event, and looks for every one of them.</summary>
    private static async Task FillAndRecoverAsync(ChildProgram child, string directory, Action makeRoom)
    {
        long handed = 0;
        for (int taken = Burst; taken == Burst; handed += Burst)
        {
            await child.Input.WriteLineAsync("more");
            await child.Input.FlushAsync();
            taken = int.Parse((await child.Output.ReadLineAsync())!);   // it answers however full the disk is
        }

        makeRoom();
        await Until.TrueAsync(() => Accounted(directory) == handed, $"{handed} events are on disk or counted as lost");
        child.Input.Close();
        Assert.Equal("ended", await child.Output.ReadLineAsync());
        JournalFixture.AssertWhole(JournalFixture.ReadAll(directory));
        Assert.True(Lost(directory).Sum(lost => lost.Count) > 0);
    }

    private static long Accounted(string directory) =>
        Records(directory).LongCount(record => JournalFixture.NumberOf(record) is not null) + Lost(directory).Sum(lost => lost.Count);

    private static List<NodeRecord> Records(string directory)
    {
        try
        {
            return JournalFixture.Records(directory);
        }
        catch (SqliteException)
        {
            return [];                                           // not made yet
        }
    }

    private static List<EventsLost> Lost(string directory) =>
        [.. Records(directory).Where(record => record.Type == "events_lost").Select(record => (EventsLost)EventCatalog.Deserialize(record.Type, record.Data)!)];

    private static void Lift(int process)
    {
        const int RLIMIT_FSIZE = 1;
        ulong[] unlimited = [ulong.MaxValue, ulong.MaxValue];
        Assert.Equal(0, prlimit(process, RLIMIT_FSIZE, unlimited, 0));
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prlimit(int pid, int resource, [In] ulong[] newLimit, nint oldLimit);
}
