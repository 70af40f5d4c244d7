namespace Keepalived.Es.Tests;

/// <summary>What a steady path allocates on this thread.</summary>
internal static class Allocations
{
    private const int Windows = 3;

    /// <summary>Fails unless one of three runs allocates nothing: what the runtime allocates once (a compiled tier, a counter) is not the path's.</summary>
    /// <param name="run">The path, many rounds of it; run at least once and at most three times.</param>
    /// <returns>How often it was run.</returns>
    internal static int None(Action run)
    {
        var allocated = new List<long>(Windows);
        do
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        while (allocated[^1] != 0 && allocated.Count < Windows);
        Assert.True(allocated[^1] == 0, $"bytes in each run: {string.Join(", ", allocated)}");
        return allocated.Count;
    }
}
