using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>A real process, killed at random moments.</summary>
public sealed class JournalCrashTests : IDisposable
{
    private const int Boots = 8;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task What_was_appended_survives_a_kill_at_any_moment_and_the_chain_goes_on()
    {
        var random = new Random(1);
        var said = new Dictionary<string, long>();
        for (int boot = 1; boot <= Boots; boot++)
        {
            using var child = new ChildProgram("", JournalChild.Verb, _directory.Path, $"boot-{boot}", $"{boot * 1_000_000}", "0");
            int lines = random.Next(1, 25);
            for (int i = 0; i < lines; i++)
            {
                said[$"boot-{boot}"] = long.Parse((await child.Output.ReadLineAsync())!);
            }

            Thread.SpinWait(random.Next(2_000_000));             // somewhere within the next batch
            child.Kill();
            while (await child.Output.ReadLineAsync() is { } late)
            {
                said[$"boot-{boot}"] = long.TryParse(late, out long number) ? Math.Max(number, said[$"boot-{boot}"]) : said[$"boot-{boot}"];
            }
        }

        List<JournalRecord> rows = JournalFixture.ReadAll(_directory.Path);
        JournalFixture.AssertWhole(rows);
        foreach ((string boot, long safe) in said)
        {
            NodeRecord[] records = [.. rows.Where(row => row.Boot == boot).Select(row => NodeRecord.Parse(row.Canonical))];
            Assert.True(records.Length >= safe, $"{boot}: {safe} were safe, {records.Length} are there");
            long first = JournalFixture.NumberOf(records[0])!.Value;
            Assert.Equal(Enumerable.Range(0, records.Length).Select(i => first + i), records.Select(record => JournalFixture.NumberOf(record)!.Value));
        }
    }
}
