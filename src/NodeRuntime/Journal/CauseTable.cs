namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>From the loop's tokens to the sequences of records that are on disk, for the newest occurrences: a cause is never long ago.</summary>
internal sealed class CauseTable
{
    private const int Capacity = 4096;

    private readonly Dictionary<long, long> _sequenceByToken = [];
    private readonly Queue<long> _order = new();

    /// <summary>Notes a record that is committed. Each token is used once; 0 is none.</summary>
    internal void Learn(long token, long sequence)
    {
        if (token == 0 || !_sequenceByToken.TryAdd(token, sequence))
        {
            return;
        }

        _order.Enqueue(token);
        if (_order.Count > Capacity)
        {
            _sequenceByToken.Remove(_order.Dequeue());
        }
    }

    /// <summary>The sequence of an occurrence, or null if it is unknown or the token is 0.</summary>
    internal long? SequenceOf(long token) => _sequenceByToken.TryGetValue(token, out long sequence) ? sequence : null;
}
