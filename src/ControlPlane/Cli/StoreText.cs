using System.Globalization;
using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Retention;
using Keepalived.Es.ControlPlane.Tenants;
using Spectre.Console;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>The store's status for people.</summary>
internal static class StoreText
{
    internal static void Write(CliEnvironment environment, TimeText times, StoreStatus status)
    {
        environment.Out.WriteLine($"{status.Events} events in {status.Streams} streams, readable up to position {status.HighWaterMark}{(status.Partitioned ? "; archived ones in a partition of their own" : "")}");
        Table table = Tables.Create("Projection", "Version", "Position", "Lag", "Seconds", "Owner", "Parked", "Rebuild");
        foreach (ProjectionStatus projection in status.Projections)
        {
            table.AddPlainRow(
                projection.Name, $"{projection.Version}", $"{projection.Position}", $"{projection.Lag}",
                projection.LagSeconds.ToString("0.0", CultureInfo.InvariantCulture), projection.Owner ?? "NOBODY",
                $"{projection.ParkedCount}", projection.Building is { } version ? $"version {version} at {projection.BuildingPosition ?? 0}" : "-");
        }

        table.Write(environment);
        foreach (TenantPlace tenant in status.Tenants)
        {
            environment.Out.WriteLine($"{tenant.Text}; since {times.Full(tenant.Since)}");
        }

        foreach (ProjectionStatus projection in status.Projections)
        {
            foreach (ParkedEvent parked in projection.Parked)
            {
                environment.Out.WriteLine($"{projection.Name}: event {parked.Position} is parked since {times.Full(parked.At)}: {parked.Reason}");
            }
        }
    }

    internal static void Write(CliEnvironment environment, TimeText times, RetentionView view)
    {
        if (view.Rules.Count == 0)
        {
            environment.Out.WriteLine("No rule: all streams are kept in sight.");
        }

        foreach (RetentionRule rule in view.Rules)
        {
            environment.Out.WriteLine($"{rule.Class}: archived {rule.Days} days after the last event");
        }

        foreach (LegalHold hold in view.Holds)
        {
            environment.Out.WriteLine($"{BoardText.Site(hold.Site)} {hold.Stream}: held since {times.Full(hold.Placed)}: {hold.Reason}");
        }
    }
}
