using Keepalived.Es.ControlPlane.EventStore;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>Runs the projections. Several servers may: each projection has one owner, and another takes over within two seconds of its end.</summary>
public sealed class ProjectionDaemon(
    NpgsqlDataSource database, string schema, IEventStore events, IEnumerable<IProjection> projections, ProjectionRegister register,
    ILogger<ProjectionDaemon> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(projections.SelectMany(projection => Tasks(projection, stoppingToken)));

    private IEnumerable<Task> Tasks(IProjection projection, CancellationToken stop)
    {
        yield return Task.Run(() => new ProjectionRunner(database, schema, events, projection, register, log).RunAsync(stop), CancellationToken.None);
        if (projection is IVersionedProjection versioned)
        {
            yield return Task.Run(() => new ProjectionRebuild(database, schema, events, versioned, register, log).RunAsync(stop), CancellationToken.None);
        }
    }
}
