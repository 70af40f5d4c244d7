using System.Runtime.CompilerServices;
using System.Text;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Anchors;

/// <summary>
/// What of an event is anchored: its place (position, site, stream, version), id and type; of a node's record the hash of its chain, of any other event
/// the time and the body. Not whether it is archived, which changes.
/// </summary>
internal static class AnchorLeaf
{
    /// <summary>The leaves' hashes of a stretch, in the order of positions.</summary>
    internal static async IAsyncEnumerable<(long Position, byte[] Hash)> ReadAsync(
        NpgsqlConnection connection, string schema, long from, long to, [EnumeratorCancellation] CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"""
            select e.seq_id, e.tenant_id, e.stream_id, e.version, e.id, e.type, k.hash, case when k.seq_id is null then e.timestamp end,
                   case when k.seq_id is null then coalesce(e.data::text, '') || coalesce(encode(e.bdata, 'hex'), '') end
            from {schema}.mt_events e left join {schema}.kes_node_events k on k.seq_id = e.seq_id
            where e.seq_id between $1 and $2 order by e.seq_id
            """, connection);
        command.Parameters.AddWithValue(from);
        command.Parameters.AddWithValue(to);
        await using NpgsqlDataReader row = await command.ExecuteReaderAsync(stop);
        while (await row.ReadAsync(stop))
        {
            string content = row.IsDBNull(6) ? $"{row.GetFieldValue<DateTime>(7).Ticks / 10}\n{row.GetString(8)}" : row.GetString(6);
            string text = $"{row.GetInt64(0)}\n{row.GetString(1)}\n{row.GetString(2)}\n{row.GetInt64(3)}\n{row.GetGuid(4)}\n{row.GetString(5)}\n{content}";
            yield return (row.GetInt64(0), MerkleTree.LeafHash(Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <summary>Number and root of a stretch.</summary>
    internal static async Task<(long Events, string Root)> RootAsync(NpgsqlConnection connection, string schema, long from, long to, CancellationToken stop)
    {
        MerkleTree tree = new();
        await foreach ((_, byte[] hash) in ReadAsync(connection, schema, from, to, stop))
        {
            tree.Add(hash);
        }

        return (tree.Leaves, tree.Root());
    }
}
