namespace Keepalived.Es.Scripting.Fifo;

/// <summary>What a notify FIFO hears of.</summary>
public enum FifoSubject : byte
{
    /// <summary><c>notify_fifo</c>: everything.</summary>
    All,

    /// <summary><c>vrrp_notify_fifo</c>: instances and groups.</summary>
    Vrrp,

    /// <summary><c>lvs_notify_fifo</c>: virtual and real servers.</summary>
    Lvs,
}
