namespace Keepalived.Es.Scripting.Fifo;

/// <summary>What a line of a notify FIFO reports. A sync group knows the first five only.</summary>
public enum FifoState : byte
{
    Master,
    Backup,
    Fault,
    Stop,
    Deleted,

    /// <summary>A Master heard an advertisement of lower priority.</summary>
    MasterReceivedLowerPriority,

    /// <summary>The priority changed while Master.</summary>
    MasterPriority,

    /// <summary>The priority changed while Backup.</summary>
    BackupPriority,
}
