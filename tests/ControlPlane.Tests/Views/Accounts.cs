using Keepalived.Es.ControlPlane.Incidents.Detection;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.ControlPlane.Views;

namespace Keepalived.Es.ControlPlane.Tests.Views;

/// <summary>Hand-written journals as the views get them.</summary>
internal static class Accounts
{
    internal static readonly ClockBound Exact = new(TimeSpan.Zero, TimeSpan.Zero, true);

    internal static DateTimeOffset At(double second) => NodeScript.Origin.AddSeconds(second);

    internal static Stretch Stretch(double from, double to) => new(At(from), At(to));

    /// <param name="contacts">Second from, second to, and so on.</param>
    internal static NodeAccount Of(IReadOnlyList<NodeScript> boots, ClockBound clock, params double[] contacts) => new(
        NodeState.Empty(TestStore.Tenant, boots[0].Node), [.. boots.SelectMany((script, index) => script.Recorded(1 + (100 * index)))],
        [.. contacts.Chunk(2).Select(c => Failover.Contact(boots[0].Node, c[0], c[1]))],
        [.. boots.Select(script => new BootSpan(script.Boot, script.Lines[0].Record.Wall, script.Lines[^1].Record.Wall))], clock);
}
