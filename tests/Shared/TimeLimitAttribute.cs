using System.Collections.Concurrent;
using System.Reflection;
using Xunit.v3;

[assembly: Keepalived.Es.Tests.TimeLimit]

namespace Keepalived.Es.Tests;

/// <summary>
/// No test runs for longer than ten minutes: what it waits for is cancelled, and it fails under its name while the others go on. One that does not
/// listen to its token ends the whole run a minute later.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TimeLimitAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private static readonly ConcurrentDictionary<string, Timer> Timers = new(StringComparer.Ordinal);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ITestContext context = TestContext.Current;
        bool cancelled = false;
        Timers[test.UniqueID] = new Timer(_ => End(), null, Limit, Grace);

        void End()
        {
            if (cancelled)
            {
                Environment.FailFast($"{test.TestDisplayName} did not end within {Limit + Grace}");
            }

            cancelled = true;
            context.CancelCurrentTest();
        }
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        Timers.TryRemove(test.UniqueID, out Timer? timer);
        timer!.Dispose();
        Assert.False(TestContext.Current.CancellationToken.IsCancellationRequested, $"it did not end within {Limit}");
    }
}
