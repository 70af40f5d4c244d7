using System.Globalization;
using System.Text;

namespace Keepalived.Es.Scripting.Fifo;

/// <summary>The lines of a notify FIFO, exactly as keepalived writes them.</summary>
public static class FifoLine
{
    /// <summary><c>INSTANCE "VI_1" MASTER 150</c> and a line feed, in UTF-8.</summary>
    /// <param name="priority">The effective priority at that moment.</param>
    public static byte[] OfInstance(string name, FifoState state, byte priority) => Of("INSTANCE", name, state, priority);

    /// <summary><c>GROUP "VG_1" MASTER 0</c> and a line feed: a group's priority is always 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A group has no such state.</exception>
    public static byte[] OfGroup(string name, FifoState state)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)state, (byte)FifoState.Deleted, nameof(state));
        return Of("GROUP", name, state, 0);
    }

    private static byte[] Of(string kind, string name, FifoState state, byte priority) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} \"{name}\" {Word(state)} {priority}\n"));

    private static string Word(FifoState state) => state switch
    {
        FifoState.Master => "MASTER",
        FifoState.Backup => "BACKUP",
        FifoState.Fault => "FAULT",
        FifoState.Stop => "STOP",
        FifoState.Deleted => "DELETED",
        FifoState.MasterReceivedLowerPriority => "MASTER_RX_LOWER_PRI",
        FifoState.MasterPriority => "MASTER_PRIORITY",
        FifoState.BackupPriority => "BACKUP_PRIORITY",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "no such state"),
    };
}
