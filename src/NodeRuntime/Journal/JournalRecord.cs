namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>One row of the journal.</summary>
/// <param name="Id">Position in this journal; grows by one, never reused.</param>
/// <param name="Boot">The start of the daemon that wrote it.</param>
/// <param name="Sequence">Number within the boot, from 1.</param>
/// <param name="PreviousHash">Hash of the record before.</param>
/// <param name="Hash">Hash of this record (<see cref="Domain.Events.NodeRecord.ChainHash"/>).</param>
/// <param name="Canonical">The bytes that were hashed.</param>
internal sealed record JournalRecord(long Id, string Boot, long Sequence, string PreviousHash, string Hash, byte[] Canonical);
