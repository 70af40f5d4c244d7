using System.Data;
using System.Diagnostics;
using Keepalived.Es.Domain.Events;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>
/// Verifies what is stored, in one snapshot, page by page: boot by boot the chain, its events, signatures and decisions; then the order of all streams; then
/// the Merkle roots. Stops at the first difference.
/// </summary>
public sealed class StoreVerifier(NpgsqlDataSource database, string schema)
{
    private static readonly TimeSpan BetweenWords = TimeSpan.FromSeconds(1);

    /// <param name="tell">Gets each anchor, once a second how far it is, and at last the report.</param>
    public async Task<VerifyReport> RunAsync(VerifyScope scope, Func<VerifyLine, Task> tell, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(tell);
        await using NpgsqlConnection connection = await database.OpenConnectionAsync(stop);
        await using NpgsqlTransaction snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        await using NpgsqlCommand settings = new("set transaction read only; set local enable_hashjoin = off; set local enable_mergejoin = off", connection);
        await settings.ExecuteNonQueryAsync(stop);
        Run run = new(scope, tell, new VerifyReader(connection, schema), schema);
        VerifyDifference? first = await run.BootsAsync(stop);
        if (scope is { IsOfAllNodes: true, From: null, To: null })
        {
            first ??= await new StreamCheck(run.Reader, schema, run.Counts).RunAsync(run.ProgressAsync, stop);
        }

        if (scope.IsOfAllNodes)
        {
            first ??= await new AnchorCheck(connection, schema, scope, run.Counts).RunAsync(anchor => tell(new VerifyLine(Anchor: anchor)), stop);
        }

        VerifyReport report = new(run.Counts, first);
        await tell(new VerifyLine(Report: report));
        return report;
    }

    private sealed class Run(VerifyScope scope, Func<VerifyLine, Task> tell, VerifyReader reader, string schema)
    {
        private long _told = Stopwatch.GetTimestamp();

        internal VerifyCounts Counts { get; } = new();

        internal VerifyReader Reader => reader;

        internal async Task<VerifyDifference?> BootsAsync(CancellationToken stop)
        {
            ILookup<(string, string), NodeKey> keys = (await SignatureCheck.KeysAsync(reader, schema, stop)).ToLookup(key => (key.Tenant, key.Node));
            HashSet<(string, string)> nodes = [];
            foreach (StoredBoot boot in await reader.BootsAsync(scope, stop))
            {
                Counts.Boots++;
                Counts.Nodes += nodes.Add((boot.Tenant, boot.Node)) ? 1 : 0;
                if (await BootAsync(boot, [.. keys[(boot.Tenant, boot.Node)]], stop) is { } difference)
                {
                    return difference;
                }
            }

            return null;
        }

        /// <summary>Says how far it is, once a second.</summary>
        internal async Task ProgressAsync()
        {
            if (Stopwatch.GetElapsedTime(_told) >= BetweenWords)
            {
                _told = Stopwatch.GetTimestamp();
                await tell(new VerifyLine(Looked: Counts));
            }
        }

        private async Task<VerifyDifference?> BootAsync(StoredBoot boot, NodeKey[] keys, CancellationToken stop)
        {
            if (Links(boot) is { } link)
            {
                return link;
            }

            if (await reader.RangeAsync(boot, scope, stop) is not { } range)
            {
                return null;
            }

            ChainCheck chain = new(boot, range.First, range.PreviousHash);
            DecisionCheck decisions = new(range.UnknownUntil, Counts);
            SignatureCheck signatures = new(reader, schema, boot, keys, Counts);
            if (range.First > 1)
            {
                (await reader.ConfigurationsAsync(boot, range.First, stop)).ForEach(decisions.Configure);
            }

            return await RecordsAsync(boot, range, chain, decisions, signatures, stop)
                ?? decisions.End()
                ?? (range.Last >= (boot.Head?.LastSequence ?? 0) ? await HeadAsync(boot, chain, signatures, stop) : await signatures.EndAsync(null, stop));
        }

        private VerifyDifference? Links(StoredBoot boot)
        {
            if (boot.Head is { Follows: false, Linked: true } head)
            {
                return Differs(boot, 1, "the boot goes on from another boot of the node", $"a boot whose last hash is {head.PreviousHash}", "none");
            }

            Counts.Unlinked += boot.Head is { Follows: false } ? 1 : 0;
            return null;
        }

        private async Task<VerifyDifference?> RecordsAsync(
            StoredBoot boot, BootRange range, ChainCheck chain, DecisionCheck decisions, SignatureCheck signatures, CancellationToken stop)
        {
            int read;
            do
            {
                List<StoredRecord> page = await reader.RecordsAsync(boot, chain.Sequence, range.Last, stop);
                read = page.Count;
                foreach (StoredRecord row in page)
                {
                    VerifyDifference place = chain.Differs(row, "", "", "");
                    VerifyDifference? difference = chain.Next(row, out NodeRecord? record)
                        ?? await signatures.NextAsync(row, place, stop) ?? decisions.Next(record!, place);
                    if (difference is not null)
                    {
                        return difference;
                    }

                    Counts.Records++;
                }

                await ProgressAsync();
            }
            while (read == VerifyReader.PageSize);
            return null;
        }

        /// <summary>The end of the boot's records is where its head says, and where its last signature says.</summary>
        private async Task<VerifyDifference?> HeadAsync(StoredBoot boot, ChainCheck chain, SignatureCheck signatures, CancellationToken stop)
        {
            if (await signatures.EndAsync(chain.Sequence, stop) is { } cut)
            {
                return cut;
            }

            if (boot.Head is not { } head)
            {
                return Differs(boot, 1, "the boot of these records is in kes_node_boots", "a row", "none");
            }

            if (await reader.BehindAsync(boot, head.LastSequence, stop) is { } behind)
            {
                return Differs(boot, behind, "the boot's last record", $"sequence {head.LastSequence}", $"sequence {behind} behind it");
            }

            return (chain.Sequence, chain.Hash) == (head.LastSequence, head.LastHash)
                ? null
                : Differs(
                    boot, Math.Min(chain.Sequence + 1, head.LastSequence), "the boot's last record", $"sequence {head.LastSequence}, hash {head.LastHash}",
                    $"sequence {chain.Sequence}, hash {chain.Hash}");
        }

        private static VerifyDifference Differs(StoredBoot boot, long sequence, string what, string expected, string found) =>
            new(what, expected, found, boot.Tenant, boot.Node, boot.Boot, sequence);
    }
}
