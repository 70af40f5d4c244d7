namespace Keepalived.Es.Scripting.Tests.Support;

/// <summary>Waits for what must come, with a limit that only a failure reaches.</summary>
internal static class Ends
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal static async Task<T> Async<T>(Task<T> running, string what)
    {
        Assert.True(await Task.WhenAny(running, Task.Delay(Limit)) == running, $"did not end: {what}");
        return await running;
    }

    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>The process does not run any more; a zombie does not.</summary>
    internal static bool IsGone(string pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }
}
