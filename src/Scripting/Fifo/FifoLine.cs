using System.Globalization;
using System.Text;

namespace Keepalived.Es.Scripting.Fifo;

/// <summary>The lines of a notify FIFO, exactly as keepalived writes them.</summary>
public static class FifoLine
{
    /// <summary><c>INSTANCE "VI_1" MASTER 150</c> and a line feed, in UTF-8.</summary>
    /// <param name="kind"><c>INSTANCE</c> or <c>GROUP</c>.</param>
    /// <param name="name">Of the instance or group.</param>
    /// <param name="state"><c>MASTER BACKUP FAULT STOP DELETED MASTER_RX_LOWER_PRI MASTER_PRIORITY BACKUP_PRIORITY</c>; a group has the first five.</param>
    /// <param name="priority">The effective priority at that moment; a group's is 0.</param>
    public static byte[] Of(string kind, string name, string state, byte priority) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{kind} \"{name}\" {state} {priority}\n"));

    /// <summary><c>VS [192.0.2.1]:tcp:80 UP</c> or <c>RS [198.51.100.1]:tcp:80 [192.0.2.1]:tcp:80 DOWN</c>, and a line feed.</summary>
    /// <param name="kind"><c>VS</c> or <c>RS</c>.</param>
    /// <param name="name">Of the virtual server, or of the real server and its virtual server.</param>
    /// <param name="state"><c>UP</c> or <c>DOWN</c>.</param>
    public static byte[] OfServer(string kind, string name, string state) => Encoding.UTF8.GetBytes($"{kind} {name} {state}\n");
}
