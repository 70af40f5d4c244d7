using Keepalived.Es.NodeRuntime.Journal;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>
/// The child of the tests: writes numbered events to the journal until it is killed, and says on standard output which number is safe:
/// all up to it are on disk.
/// </summary>
internal static class JournalChild
{
    internal const string Verb = "--journal-child";

    /// <param name="arguments">State directory, boot, first number, and how many events to hand over for each line of standard input; 0: without end.</param>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        (string directory, string boot, long number, int burst) = (arguments[0], arguments[1], long.Parse(arguments[2]), int.Parse(arguments[3]));
        var writer = new JournalWriter(() => JournalStore.Open(directory, JournalFixture.Node, boot), JournalFixture.Node, JournalLimits.Default, TimeProvider.System);
        var appended = new SemaphoreSlim(0);
        writer.Appended += () => appended.Release();
        if (burst == 0)
        {
            return await WriteWithoutEndAsync(writer, appended, directory, boot, number);
        }

        while (await Console.In.ReadLineAsync() is not null)
        {
            int taken = 0;
            for (int i = 0; i < burst; i++)
            {
                taken += writer.Record(JournalFixture.Numbered(number++)) ? 1 : 0;
            }

            await Console.Out.WriteLineAsync($"{taken}");
        }

        await writer.DisposeAsync();
        await Console.Out.WriteLineAsync("ended");
        return 0;
    }

    private static async Task<int> WriteWithoutEndAsync(JournalWriter writer, SemaphoreSlim appended, string directory, string boot, long number)
    {
        var random = new Random((int)number);
        while (true)
        {
            int burst = random.Next(1, 40);
            for (int i = 0; i < burst; i++)
            {
                writer.Record(JournalFixture.Numbered(number++));
            }

            await appended.WaitAsync();
            List<JournalRecord> rows = JournalFixture.ReadTail(directory, boot);
            if (rows.Count > 0)
            {
                await Console.Out.WriteLineAsync($"{rows[^1].Sequence}");
                await Console.Out.FlushAsync();
            }
        }
    }
}
