using System.Globalization;
using System.Text;
using Keepalived.Es.ControlPlane.Projections;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>GET /metrics</c>: a few series in Prometheus's text format. Needs the operator's token, as a bearer token.</summary>
internal static class MetricsEndpoint
{
    private const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    internal static async Task<IResult> GetAsync(StoreReader store, CancellationToken stop) =>
        Results.Text(Write(await store.StatusAsync(stop)), MediaType);

    internal static string Write(StoreStatus status)
    {
        StringBuilder text = new();
        Series(text, "kes_store_high_water_mark", "gauge", "Position up to which every event can be read.", [("", status.HighWaterMark)]);
        Series(text, "kes_projection_position", "gauge", "Last event in a projection's rows.", Of(status, p => p.Position));
        Series(text, "kes_projection_lag_events", "gauge", "High-water mark less position.", Of(status, p => p.Lag));
        Series(text, "kes_projection_lag_seconds", "gauge", "Age of the oldest event that is not in the rows.", Of(status, p => p.LagSeconds));
        Series(text, "kes_projection_parked_events", "gauge", "Events that the projection could not fold.", Of(status, p => p.ParkedCount));
        Series(text, "kes_projection_owned", "gauge", "1 when a server runs the projection.", Of(status, p => p.Owner is null ? 0 : 1));
        return text.ToString();
    }

    private static IEnumerable<(string Label, double Value)> Of(StoreStatus status, Func<ProjectionStatus, double> value) =>
        status.Projections.Select(projection => ($"{{projection=\"{projection.Name}\"}}", value(projection)));

    private static void Series(StringBuilder text, string name, string type, string help, IEnumerable<(string Label, double Value)> values)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach ((string label, double value) in values)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{label} {value}\n");
        }
    }
}
