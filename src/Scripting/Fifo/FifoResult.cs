namespace Keepalived.Es.Scripting.Fifo;

/// <summary>What became of a line.</summary>
public enum FifoResult : byte
{
    Written,

    /// <summary>The FIFO is full: its reader is slow or there is none.</summary>
    Lost,

    /// <summary>Longer than <see cref="NotifyFifo.MaximumLineBytes"/>, so that it could be torn; nothing was written.</summary>
    TooLong,
}
