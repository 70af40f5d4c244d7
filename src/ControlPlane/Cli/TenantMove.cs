using Keepalived.Es.ControlPlane.Api;
using Keepalived.Es.ControlPlane.Tenants;
using Keepalived.Es.ControlPlane.Transfer;

namespace Keepalived.Es.ControlPlane.Cli;

/// <summary>What came of a move.</summary>
/// <param name="Place">Where the site lives now.</param>
/// <param name="Events">How many were carried by this run; null: none had to be.</param>
/// <param name="Rows">How many other rows were.</param>
/// <param name="RulesDiffer">Source and target archive by different rules.</param>
internal sealed record MoveReply(string Site, string Place, DateTimeOffset Since, long? Events, long? Rows, bool RulesDiffer);

/// <summary>
/// Carries a tenant from one server to another. Keeps nothing: how far it is stands in both databases, so that it may be killed and begun again at any point.
/// </summary>
internal sealed class TenantMove(ServerClient source, ServerClient target, string site, string place, TimeProvider time)
{
    /// <summary>How long the process manager of incidents may take to see the last events.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private string Origin => MoveEndpoints.PlaceOf(source.Address.ToString()) ?? throw new CliException(MoveEndpoints.NotAPlace(source.Address.ToString()));

    internal async Task<MoveReply> RunAsync(CancellationToken stop)
    {
        (TenantPlace here, TenantPlace there, bool exists) = await LookAsync(stop);
        if (there.State == TenantState.Here && exists && (here.Move is null || there.Move != here.Move))
        {
            throw new CliException($"site '{site}' lives at {place} already, with events or nodes of its own: two sites of one name cannot be joined");
        }

        TenantPlace leaving = await StepAsync(source, "leave", stop, ("place", place));
        (string, string?) move = ("move", $"{leaving.Move}");
        TenantPlace arriving = await StepAsync(target, "arrive", stop, move, ("place", Origin));
        (ExportEnd Events, ExportEnd Rows)? carried = null;
        if (arriving is { State: TenantState.Arriving, Checked: null })
        {
            await SealAsync(move, stop);
            carried = await CarryAsync(leaving.Move!.Value, stop);
            await target.PostAsync<TenantPlace>("/v1/store/move/check", new MoveManifest(carried.Value.Events, carried.Value.Rows), stop, ("site", site), move);
        }

        if (arriving.State == TenantState.Arriving)
        {
            await StepAsync(source, "hand-over", stop, move);
            arriving = await StepAsync(target, "settle", stop, move);
        }

        return new MoveReply(site, place, arriving.Since, carried?.Events.Events, carried?.Rows.Events, await RulesDifferAsync(stop));
    }

    /// <summary>Gives the move up, as long as the source has not handed over.</summary>
    /// <returns>False: there is none.</returns>
    internal async Task<bool> AbortAsync(CancellationToken stop)
    {
        (TenantPlace here, TenantPlace there, _) = await LookAsync(stop);
        bool left = here.State != TenantState.Here;
        if (left)
        {
            await StepAsync(source, "return", stop);
        }

        bool arrives = there.State == TenantState.Arriving && (there.Move == here.Move || there.Place == Origin);
        if (arrives)
        {
            await StepAsync(target, "drop", stop, ("move", $"{there.Move}"));
        }

        return left || arrives;
    }

    private async Task<(TenantPlace Here, TenantPlace There, bool Exists)> LookAsync(CancellationToken stop)
    {
        MoveView there = await target.GetAsync<MoveView>("/v1/store/move", stop, ("site", site));
        MoveView here = await source.GetAsync<MoveView>("/v1/store/move", stop, ("site", site));
        return (here.Tenant, there.Tenant, there.Exists);
    }

    private Task<TenantPlace> StepAsync(ServerClient server, string step, CancellationToken stop, params (string, string?)[] query) =>
        server.PostAsync<TenantPlace>($"/v1/store/move/{step}", new { }, stop, [("site", site), .. query]);

    private async Task SealAsync((string, string?) move, CancellationToken stop)
    {
        for (long start = time.GetTimestamp(); ; await Task.Delay(BetweenLooks, time, stop))
        {
            try
            {
                await StepAsync(source, "seal", stop, move);
                return;
            }
            catch (CliException soon) when (soon.Status == 503 && time.GetElapsedTime(start) < Patience)
            {
                // Asked again below.
            }
        }
    }

    private async Task<(ExportEnd Events, ExportEnd Rows)> CarryAsync(Guid move, CancellationToken stop)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("kes-move-");
        try
        {
            (string events, string rows) = (Path.Combine(directory.FullName, "events"), Path.Combine(directory.FullName, "rows"));
            ExportEnd eventsEnd = await FetchAsync(events, "events", move, stop);
            await TransferFile.ImportAsync(target, events, eventsEnd, move, stop);
            ExportEnd rowsEnd = await FetchAsync(rows, "rows", move, stop);
            long sent = 0;
            foreach ((int lines, byte[] batch) in TransferFile.Batches(rows, rowsEnd.Events, _ => true))
            {
                await target.UploadAsync<ImportReply>("/v1/store/move/rows", batch, stop, ("site", site), ("move", $"{move}"), ("first", $"{sent}"));
                sent += lines;
            }

            return (eventsEnd, rowsEnd);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task<ExportEnd> FetchAsync(string path, string what, Guid move, CancellationToken stop)
    {
        await using (FileStream file = new(path, FileMode.CreateNew))
        {
            await source.DownloadAsync($"/v1/store/move/{what}", file, stop, ("site", site), ("move", $"{move}"));
        }

        return TransferFile.Check(path);
    }

    private async Task<bool> RulesDifferAsync(CancellationToken stop)
    {
        RetentionView here = await source.GetAsync<RetentionView>("/v1/store/retention", stop);
        RetentionView there = await target.GetAsync<RetentionView>("/v1/store/retention", stop);
        return !here.Rules.SequenceEqual(there.Rules);
    }
}
