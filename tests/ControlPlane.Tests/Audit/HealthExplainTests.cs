using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Cli;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Audit;

public sealed class HealthExplainTests
{
    [Fact]
    public void A_server_that_two_balancers_lose_is_the_likely_cause_itself() => Golden(
        "explain-real-server-down.txt", [.. Balancing.Node("node-a", 20).Recorded(1), .. Balancing.Node("node-b", 20.4).Recorded(100)], e => e is RealServerDown);

    [Fact]
    public void A_lost_quorum_names_the_check_that_led_to_it() =>
        Golden("explain-quorum-lost.txt", [.. Balancing.Node("node-a", 20).Recorded(1)], e => e is QuorumLost);

    private static void Golden(string name, RecordedEvent[] events, Func<object?, bool> subject)
    {
        Explanation explanation = HealthExplainer.Explain(events.First(e => subject(e.Event)), events);
        StringWriter text = new() { NewLine = "\n" };
        AuditText.Write(text, new TimeText(TimeZoneInfo.Utc), explanation);
        GoldenFile.Matches(name, text.ToString());
    }
}
