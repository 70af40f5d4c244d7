using System.Security.Cryptography.X509Certificates;
using Keepalived.Es.ControlPlane.Anchors;
using Keepalived.Es.ControlPlane.Audit;
using Keepalived.Es.ControlPlane.Audit.Verify;
using Keepalived.Es.ControlPlane.Commands;
using Keepalived.Es.ControlPlane.EventStore;
using Keepalived.Es.ControlPlane.Incidents;
using Keepalived.Es.ControlPlane.Incidents.Hooks;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Nodes;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Projections.Board;
using Keepalived.Es.ControlPlane.Retention;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Transfer;
using Keepalived.Es.ControlPlane.Views;
using Keepalived.Es.ControlPlane.Web;
using Keepalived.Es.Scripting.Settings;
using Npgsql;
using Serilog;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary>How a server is to run.</summary>
/// <param name="ConnectionString">Its database.</param>
/// <param name="Schema">Schema of the tables.</param>
/// <param name="DataDirectory">Where the operator's token is.</param>
/// <param name="Listen">URL to listen on; https needs <paramref name="Certificate"/>.</param>
/// <param name="Chain">Intermediate certificates, sent along; null: none.</param>
/// <param name="Capacity">Null: <see cref="IngestCapacity.Default"/>.</param>
/// <param name="Anchor">Where Merkle roots are kept outside the database, see <see cref="AnchorSink.Of"/>; null: nowhere.</param>
public sealed record ServerOptions(
    string ConnectionString, string Schema, string DataDirectory, Uri Listen, X509Certificate2? Certificate = null, X509Certificate2Collection? Chain = null,
    IngestCapacity? Capacity = null, string? Anchor = null)
{
    /// <summary>Absolute paths of hooks that run when an incident is opened, changes or closes; empty: none.</summary>
    public IReadOnlyList<string> IncidentHooks { get; init; } = [];

    /// <summary>Limits of these hooks, and what those in JavaScript may fetch and run.</summary>
    public HookSettings HookSettings { get; init; } = new();
}

/// <summary>The control plane's HTTP server, put together.</summary>
public static class ControlPlaneServer
{
    /// <summary>Brings the database's schema up to date and builds the server; the caller starts and disposes it.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public static async Task<WebApplication> BuildAsync(ServerOptions options, Serilog.ILogger logger, TimeProvider time,
        CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        NpgsqlDataSource database = StoreDatabase.Open(options.ConnectionString);
        await StoreSchema.ApplyAsync(database, options.Schema, stop);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSerilog(logger);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 2 * IngestLimits.BodyBytes;     // above it the connection is cut; up to it the sender reads why
            kestrel.Listen(Endpoint(options.Listen), listen =>
            {
                if (options.Listen.Scheme == Uri.UriSchemeHttps)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = options.Certificate ?? throw new ArgumentException("https needs a certificate", nameof(options));
                        https.ServerCertificateChain = options.Chain;
                    });
                }
            });
        });
        Register(builder.Services, database, options, time);
        WebApplication app = builder.Build();
        app.Services.GetRequiredService<NpgsqlDataSource>();     // from here on the application disposes it
        Routes.Map(app);
        WebRoutes.Map(app);
        return app;
    }

    private static void Register(IServiceCollection services, NpgsqlDataSource database, ServerOptions options, TimeProvider time)
    {
        string schema = options.Schema;
        services.AddSingleton(time);
        services.AddSingleton(_ => database);
        AppendSignal signal = new(database);
        services.AddSingleton(_ => new NpgsqlEventStore(database, schema, signal));
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<NpgsqlEventStore>());
        TenantRegister tenants = new(database, schema);
        services.AddSingleton(tenants);
        services.AddSingleton(new TenantRows(database, schema, tenants));
        services.AddSingleton(new TenantDeparture(database, schema, tenants));
        services.AddSingleton(provider => new TenantArrival(
            database, schema, tenants, provider.GetRequiredService<TenantRows>(), provider.GetRequiredService<EventExport>()));
        services.AddSingleton(new NodeRegister(database, schema));
        services.AddSingleton(new NodeKeyRegister(database, schema));
        services.AddSingleton(new ClockRegister(database, schema, time));
        services.AddSingleton(new CommandRegister(database, schema));
        services.AddSingleton(new NodeIngest(database, schema, signal));
        services.AddSingleton(new ContactReader(database, schema));
        services.AddSingleton(new StoreRetention(database, schema));
        services.AddSingleton(new StorePartitions(database, schema));
        services.AddSingleton(provider => new EventExport(database, schema, provider.GetRequiredService<IEventStore>()));
        services.AddSingleton(new EventImport(database, schema, signal, tenants));
        services.AddHostedService<RetentionService>();
        services.AddSingleton(new BoardStore(database, schema));
        services.AddSingleton(provider => new AuditReader(
            database, schema, provider.GetRequiredService<ContactReader>(), new BoardHistory(database, schema), time));
        services.AddSingleton(new RecordReader(database, schema));
        services.AddSingleton(provider => new AccountReader(
            database, schema, provider.GetRequiredService<AuditReader>(), provider.GetRequiredService<ContactReader>()));
        services.AddSingleton<ViewReader>();
        services.AddSingleton(new TransitionReader(database, schema));
        services.AddSingleton<WebSessions>();
        services.AddSingleton(new StoreVerifier(database, schema));
        services.AddSingleton(_ => new AnchorStore(database, schema));
        services.AddHostedService(provider => new AnchorService(
            provider.GetRequiredService<AnchorStore>(), options.Anchor is { } target ? AnchorSink.Of(target) : null, time,
            provider.GetRequiredService<ILogger<AnchorService>>()));
        services.AddSingleton(OperatorToken.ReadOrCreate(options.DataDirectory));
        services.AddSingleton(new ProjectionRegister(database, schema));
        services.AddSingleton(provider => new StoreReader(
            database, schema, provider.GetRequiredService<IEventStore>(), provider.GetServices<IProjection>(), tenants));
        services.AddSingleton<IProjection>(provider => new BoardProjection(provider.GetRequiredService<BoardStore>()));
        services.AddSingleton(new IncidentListStore(database, schema));
        services.AddSingleton(provider => new BundleReader(database, schema, provider.GetRequiredService<ContactReader>()));
        services.AddSingleton<IProjection>(provider => new IncidentProjection(
            provider.GetRequiredService<NpgsqlEventStore>(), new IncidentStore(schema), provider.GetRequiredService<ContactReader>(), tenants));
        services.AddSingleton<IProjection>(provider => new IncidentListProjection(provider.GetRequiredService<IncidentListStore>()));
        services.AddSingleton(_ => new IngestGate(options.Capacity ?? IngestCapacity.Default));
        if (options.IncidentHooks.Count > 0)
        {
            RegisterIncidentHooks(services, database, options, time, tenants);
        }

        services.AddSingleton<IngestEndpoint>();
        services.AddHostedService(provider => new ProjectionDaemon(
            database, schema, provider.GetRequiredService<IEventStore>(), provider.GetServices<IProjection>(), provider.GetRequiredService<ProjectionRegister>(),
            provider.GetRequiredService<ILogger<ProjectionDaemon>>()));
    }

    private static void RegisterIncidentHooks(
        IServiceCollection services, NpgsqlDataSource database, ServerOptions options, TimeProvider time, TenantRegister tenants)
    {
        DueIncidentHooks queue = new(options.Schema, tenants);
        services.AddSingleton<IProjection>(queue);
        services.AddSingleton(provider => new IncidentHooks(
            options.IncidentHooks, options.HookSettings, provider.GetRequiredService<IEventStore>(), time, provider.GetRequiredService<ILogger<IncidentHooks>>()));
        services.AddHostedService(provider => new IncidentHookRunner(
            database, options.Schema, provider.GetRequiredService<IEventStore>(), queue, provider.GetRequiredService<IncidentHooks>().Mediator,
            provider.GetRequiredService<ILogger<IncidentHookRunner>>()));
    }

    private static System.Net.IPEndPoint Endpoint(Uri listen)
    {
        string host = listen.DnsSafeHost == "localhost" ? "127.0.0.1" : listen.DnsSafeHost;
        return System.Net.IPAddress.TryParse(host, out System.Net.IPAddress? address)
            ? new System.Net.IPEndPoint(address, listen.Port)
            : throw new ArgumentException($"'{listen}': an IP address or 'localhost' is expected as host", nameof(listen));
    }
}
