using System.Text.Json;
using Keepalived.Es.ControlPlane.Ingest;
using Keepalived.Es.ControlPlane.Nodes;
using Keepalived.Es.ControlPlane.Projections;
using Keepalived.Es.ControlPlane.Retention;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Transfer;

namespace Keepalived.Es.ControlPlane.Api;

/// <summary><c>/v1/store</c></summary>
internal static class StoreEndpoints
{
    internal static async Task<IResult> StatusAsync(StoreReader store, CancellationToken stop) => Answer.Ok(await store.StatusAsync(stop));

    /// <summary>Orders a rebuild and answers at once; the status tells how far it is.</summary>
    internal static async Task<IResult> RebuildAsync(
        string? name, IEnumerable<IProjection> projections, ProjectionRegister register, CancellationToken stop)
    {
        if (projections.FirstOrDefault(p => p.Name == name) is not { } projection)
        {
            return Answer.Error(404, $"projection '{name}': there are {string.Join(", ", projections.Select(p => p.Name))}");
        }

        try
        {
            await register.OrderRebuildAsync(projection, stop);
        }
        catch (InvalidOperationException refused)
        {
            return Answer.Error(409, refused.Message);
        }

        return Results.Json(new RebuildReply(projection.Name, projection is IVersionedProjection), ApiJson.Options, statusCode: 202);
    }

    internal static async Task<IResult> ArchiveAsync(string? stream, string? site, StoreRetention retention, CancellationToken stop)
    {
        string tenant = site ?? NodeRegister.DefaultSite;
        return await retention.ArchiveAsync(tenant, stream ?? "", stop) switch
        {
            ArchiveOutcome.Unknown => Answer.Error(404, $"site '{tenant}' has no stream '{stream}'"),
            ArchiveOutcome.Moving => Answer.Error(409, $"site '{tenant}' is on the way to or from another place: archive the stream when it is there"),
            ArchiveOutcome.Held => Answer.Error(409, $"stream '{stream}' is under a legal hold: 'kes store retention' shows it, 'kes store release' lifts it"),
            _ => Results.NoContent(),
        };
    }

    internal static async Task<IResult> PartitionAsync(bool? partitioned, EventStore.StorePartitions partitions, CancellationToken stop)
    {
        try
        {
            await partitions.ChangeAsync(partitioned ?? true, stop);
            return Results.NoContent();
        }
        catch (TimeoutException busy)
        {
            return Answer.Error(409, busy.Message);
        }
    }

    internal static async Task<IResult> RetentionAsync(StoreRetention retention, CancellationToken stop) =>
        Answer.Ok(new RetentionView(await retention.RulesAsync(stop), await retention.HoldsAsync(stop)));

    internal static async Task<IResult> SetRuleAsync(string? @class, int? days, StoreRetention retention, CancellationToken stop)
    {
        if (string.IsNullOrEmpty(@class) || @class.Contains('/', StringComparison.Ordinal) || days is < 1 or > 36_500)
        {
            return Answer.Error(400, $"class '{@class}', {days} days: a class is what stands before the first '/' of streams' names, days are 1 to 36500 or left out");
        }

        await retention.SetRuleAsync(@class, days, stop);
        return Results.NoContent();
    }

    internal static async Task<IResult> HoldAsync(string? stream, string? site, string? reason, StoreRetention retention, CancellationToken stop)
    {
        if (string.IsNullOrEmpty(stream) || string.IsNullOrWhiteSpace(reason))
        {
            return Answer.Error(400, "a hold needs a stream, or the beginning of streams' names and '*', and a reason");
        }

        await retention.HoldAsync(site ?? NodeRegister.DefaultSite, stream, reason, stop);
        return Results.NoContent();
    }

    internal static async Task<IResult> ReleaseAsync(string? stream, string? site, StoreRetention retention, CancellationToken stop) =>
        await retention.ReleaseAsync(site ?? NodeRegister.DefaultSite, stream ?? "", stop)
            ? Results.NoContent()
            : Answer.Error(404, $"site '{site ?? NodeRegister.DefaultSite}' has no hold on '{stream}'");

    internal static IResult Export(string? site, long? from, long? to, EventExport export, CancellationToken stop) =>
        from is < 1 || from > to
            ? Answer.Error(400, $"from {from}, to {to}: positions from 1 are expected, from at most to")
            : Results.Stream(output => export.WriteAsync(output, site, from ?? 1, to ?? long.MaxValue, stop), IngestEndpoint.MediaType);

    /// <summary>A batch of lines of an export, without its last one, which the sender has checked.</summary>
    /// <param name="archive">True: store nothing, but archive what was.</param>
    /// <param name="move">The move that the site of the events arrives in; null: it lives here.</param>
    internal static async Task<IResult> ImportAsync(HttpContext http, bool? archive, Guid? move, EventImport import, CancellationToken stop)
    {
        try
        {
            ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(http.Request.Body, http.Request.Headers.ContentEncoding.ToString(), stop);
            ExportedEvent[] batch = [.. Lines(body).Select(line => JsonSerializer.Deserialize<ExportedEvent>(line.Span, ApiJson.Options)!)];
            if (archive == true)
            {
                await import.ArchiveAsync(batch, move, stop);
                return Answer.Ok(new ImportReply(0, batch.Length));
            }

            return Answer.Ok(await import.StoreAsync(batch, move, stop));
        }
        catch (Exception refused) when (refused is ImportRefusedException or MoveRefusedException or JsonException or EventStore.EventStoreException)
        {
            return Answer.Error(409, refused.Message);
        }
        catch (IngestRefusedException refused)
        {
            return Answer.Error(refused.Refusal.Status, refused.Message);
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> body)
    {
        while (!body.IsEmpty)
        {
            int end = body.Span.IndexOf((byte)'\n');
            yield return end < 0 ? body : body[..end];
            body = end < 0 ? default : body[(end + 1)..];
        }
    }
}

/// <param name="Beside">The old rows are read until the new ones have caught up.</param>
public sealed record RebuildReply(string Name, bool Beside);

/// <summary>What is archived when, and what never.</summary>
public sealed record RetentionView(IReadOnlyList<RetentionRule> Rules, IReadOnlyList<LegalHold> Holds);
