namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>Which stream each event of a batch goes to, in the form that the SQL function <c>kes_append</c> takes.</summary>
/// <param name="Streams">The streams, once each.</param>
/// <param name="Counts">How many events each gets.</param>
/// <param name="Index">For each event the place of its stream in <paramref name="Streams"/>, from 1.</param>
/// <param name="Offset">For each event its place among the stream's events of the batch, from 1.</param>
internal sealed record AppendPlan(string[] Streams, int[] Counts, int[] Index, int[] Offset)
{
    /// <summary>Events of one stream are numbered in their order, wherever they stand in the batch.</summary>
    internal static AppendPlan Of(IReadOnlyList<string> streamOfEvent)
    {
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        List<int> counts = [];
        int[] index = new int[streamOfEvent.Count];
        int[] offset = new int[streamOfEvent.Count];
        for (int i = 0; i < index.Length; i++)
        {
            if (!places.TryGetValue(streamOfEvent[i], out int place))
            {
                places.Add(streamOfEvent[i], place = counts.Count);
                counts.Add(0);
            }

            index[i] = place + 1;
            offset[i] = ++counts[place];
        }

        return new AppendPlan([.. places.Keys], [.. counts], index, offset);
    }
}
