using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Commands;
using Keepalived.Es.ControlPlane.Nodes;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary><c>POST /v1/ingest</c>: a node's records come in. Nothing is acknowledged before it is committed.</summary>
public sealed class IngestEndpoint(
    IngestGate gate, NodeRegister nodes, TenantRegister tenants, NodeKeyRegister keys, NodeIngest ingest, CommandRegister commands, ClockRegister clocks,
    TimeProvider time, ILogger<IngestEndpoint> log)
{
    internal const string MediaType = "application/x-ndjson";
    private readonly Lock _clockGate = new();
    private HybridTimestamp _clock;

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        try
        {
            using IDisposable admitted = gate.Admit();
            return Results.Json(await ReceiveAsync(http.Request, http.RequestAborted), ApiJson.Options);
        }
        catch (IngestRefusedException refused)
        {
            log.IngestRefused(refused.Refusal.Status, refused.Refusal.Error);
            if (refused.Refusal.Status is 429 or 503)
            {
                http.Response.Headers.RetryAfter = refused is TenantAwayException ? IngestGate.RetryAfterMove : IngestGate.RetryAfter;
            }
            else if (refused.Refusal.Place is { } place)
            {
                http.Response.Headers.Location = place + http.Request.Path;
            }

            return Results.Json(refused.Refusal, ApiJson.Options, statusCode: refused.Refusal.Status);
        }
        catch (BadHttpRequestException refused)
        {
            return Results.Json(new IngestRefusal(refused.StatusCode, refused.Message), ApiJson.Options, statusCode: refused.StatusCode);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return Unavailable.Answer(http, failure, log);
        }
    }

    private async Task<IngestReceipt> ReceiveAsync(HttpRequest request, CancellationToken stop)
    {
        DateTimeOffset received = time.GetUtcNow();
        EnrolledNode node = BearerToken.Of(request) is { } token && await FindAsync(token, stop) is { } found
            ? found
            : throw Refused(401, "a node's bearer token is needed: enroll the node with 'kes nodes enroll', and give its daemon the token");
        try
        {
            return node.IsAway ? throw await AwayAsync(node, stop) : await TakeAsync(request, node, received, stop);
        }
        catch (PostgresException away) when (TenantRegister.IsFence(away))
        {
            throw await AwayAsync(node, stop);
        }
    }

    private async Task<IngestReceipt> TakeAsync(HttpRequest request, EnrolledNode node, DateTimeOffset received, CancellationToken stop)
    {
        ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(request.Body, request.Headers.ContentEncoding.ToString(), stop);
        if (!body.IsEmpty && request.ContentType?.Split(';')[0].Trim() != MediaType)
        {
            throw Refused(400, $"Content-Type '{request.ContentType}': {MediaType} is expected");
        }

        using IDisposable turn = await gate.EnterAsync(stop);
        IngestBatch batch = await SignedAsync(await ReadAsync(body, node, stop), request.Headers, node, stop);
        long? acknowledged = await ingest.StoreAsync(node.Tenant, node.Name, batch, stop);
        await commands.AcknowledgeAsync(node.Tenant, node.Name, batch, stop);
        IReadOnlyList<NodeCommand> pending = await commands.PendingAsync(node.Tenant, node.Name, stop);
        string? boot = batch.Records.Count == 0 ? null : batch.Records[0].Record.Boot;
        if (ClockEstimate.Parse(request.Headers[ClockEstimate.Header].ToString()) is { } clock)
        {
            await clocks.NoteAsync(node.Tenant, node.Name, clock, stop);
        }

        return new IngestReceipt(boot, acknowledged, Tick(batch).ToString(), pending.Count == 0 ? null : pending, received, time.GetUtcNow());
    }

    /// <summary>The batch with its signature, whose key is kept if it is the node's first.</summary>
    private async Task<IngestBatch> SignedAsync(IngestBatch batch, IHeaderDictionary headers, EnrolledNode node, CancellationToken stop)
    {
        BatchSignature? signature = BatchSignature.Of(headers, node, batch);
        if (signature is not null && node.KeyId is null)
        {
            string inForce = await keys.EnrollAsync(node.Tenant, node.Name, signature.KeyId, signature.PublicKey, stop);
            BatchSignature.Of(headers, node with { KeyId = inForce }, batch);
            log.KeyEnrolled(node.Name, inForce);
        }

        return batch with { Signature = signature };
    }

    private async Task<TenantAwayException> AwayAsync(EnrolledNode node, CancellationToken stop)
    {
        using IDisposable turn = await gate.EnterAsync(stop);
        return new TenantAwayException(await tenants.FindAsync(node.Tenant, stop));
    }

    private async Task<EnrolledNode?> FindAsync(string token, CancellationToken stop)
    {
        using IDisposable turn = await gate.EnterAsync(stop);
        return await nodes.FindAsync(token, stop);
    }

    private async Task<IngestBatch> ReadAsync(ReadOnlyMemory<byte> body, EnrolledNode node, CancellationToken stop)
    {
        try
        {
            return IngestBodyReader.Read(body, node.Name);
        }
        catch (IngestRefusedException gap) when (gap.Refusal is { Status: 409, Boot: { } boot })
        {
            long head = await ingest.HeadAsync(node.Tenant, node.Name, boot, stop);
            throw new IngestRefusedException(gap.Refusal with { Expected = head + 1 });
        }
    }

    private HybridTimestamp Tick(IngestBatch batch)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_clockGate)
        {
            _clock = batch.Records.Count == 0
                ? _clock.Tick(now)
                : _clock.Merge(HybridTimestamp.Parse(batch.Records[^1].Record.Hlc), now, IngestLimits.ClockAhead);
            return _clock;
        }
    }

    private static IngestRefusedException Refused(int status, string error) => new(new IngestRefusal(status, error));
}
