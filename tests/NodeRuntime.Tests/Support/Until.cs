namespace Keepalived.Es.NodeRuntime.Tests.Support;

/// <summary>Waits for a condition. The limit is only there so that a broken program fails instead of hanging.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    internal static async Task TrueAsync(Func<bool> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"did not happen: {what}");
            await Task.Delay(Step);
        }
    }

    internal static async Task EndsAsync(Task task, string what) =>
        Assert.True(await Task.WhenAny(task, Task.Delay(Limit)) == task, $"did not end: {what}");
}
