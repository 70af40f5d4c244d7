namespace Keepalived.Es.ControlPlane.Tests.Support;

/// <summary>Waits until what runs is held up by a lock. What ends instead, or fails, ends the test.</summary>
internal static class Blocked
{
    internal static async Task UntilAsync(Task running, Func<Task<bool>> waits)
    {
        while (!await waits())
        {
            if (running.IsCompleted)
            {
                await running;
                Assert.Fail("it ended without having waited for the lock");
            }
        }
    }
}
