using Keepalived.Es.ControlPlane.Anchors;
using Npgsql;

namespace Keepalived.Es.ControlPlane.Audit.Verify;

/// <summary>Computes the Merkle roots again from the events, and follows the chain of the anchors.</summary>
internal sealed class AnchorCheck(NpgsqlConnection connection, string schema, VerifyScope scope, VerifyCounts counts)
{
    private Anchor? _last;

    /// <param name="seen">Gets each anchor that is right, or the first that is not.</param>
    internal async Task<VerifyDifference?> RunAsync(Func<Anchor, Task> seen, CancellationToken stop)
    {
        long after = 0;
        while (true)
        {
            List<Anchor> page = await AnchorStore.PageAsync(connection, schema, after, stop);
            foreach (Anchor anchor in page)
            {
                if (scope.To is { } to && _last is not null && _last.At > to)
                {
                    return null;
                }

                if (scope.From is null || anchor.At >= scope.From)
                {
                    await seen(anchor);
                    if (await NextAsync(anchor, stop) is { } difference)
                    {
                        return difference;
                    }
                }

                _last = anchor;
            }

            if (page.Count == 0)
            {
                counts.Unanchored = await BehindAsync(stop);
                return null;
            }

            after = page[^1].Number;
        }
    }

    private async Task<VerifyDifference?> NextAsync(Anchor anchor, CancellationToken stop)
    {
        Anchor sealedAnew = Anchor.Seal(anchor.Number, anchor.From, anchor.To, anchor.Events, anchor.Root, anchor.At, anchor.Previous);
        (string What, string Expected, string Found)[] texts =
        [
            ("number of the root", $"{(_last?.Number ?? 0) + 1}", $"{anchor.Number}"),
            ("first position of the root", $"{(_last?.To ?? 0) + 1}", $"{anchor.From}"),
            ("hash of the root before", _last?.Hash ?? Anchor.Genesis, anchor.Previous),
            ("hash of the root's row", sealedAnew.Hash, anchor.Hash),
        ];
        int index = Array.FindIndex(texts, text => text.Expected != text.Found);
        if (index >= 0)
        {
            return Differs(anchor, texts[index].What, texts[index].Expected, texts[index].Found);
        }

        (long events, string root) = await AnchorLeaf.RootAsync(connection, schema, anchor.From, anchor.To, stop);
        counts.Anchors++;
        return events != anchor.Events ? Differs(anchor, "events under the root", $"{anchor.Events}", $"{events}")
            : root != anchor.Root ? Differs(anchor, "the root over the events", anchor.Root, root)
            : null;
    }

    private async Task<long> BehindAsync(CancellationToken stop)
    {
        await using NpgsqlCommand command = new($"select count(*) from {schema}.mt_events e where e.seq_id > $1", connection);
        command.Parameters.AddWithValue(_last?.To ?? 0);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    private static VerifyDifference Differs(Anchor anchor, string what, string expected, string found) =>
        new($"{what} {anchor.Number} (positions {anchor.From} to {anchor.To})", expected, found, Position: anchor.From);
}
