namespace Keepalived.Es.Scripting.Mail;

/// <summary>The state that an alert reports.</summary>
public enum AlertState : byte
{
    Master,
    Backup,
    Fault,
    Stop,
    Deleted,
}

/// <summary>One alert in keepalived's words.</summary>
/// <param name="Subject">One line, at most <see cref="MaximumSubject"/> characters.</param>
/// <param name="Body">At most <see cref="MaximumBody"/> characters.</param>
public sealed record AlertMail(string Subject, string Body)
{
    public const int MaximumSubject = 256;

    public const int MaximumBody = 512;

    /// <summary>A <c>vrrp_instance</c> has entered a state.</summary>
    public static AlertMail OfInstance(string routerId, string name, AlertState state) => new(
        Cut($"[{routerId}] VRRP Instance {name} - {Event(state)}", MaximumSubject),
        state switch
        {
            AlertState.Master => "=> VRRP Instance is now owning VRRP VIPs <=",
            AlertState.Stop => "=> VRRP Instance stopping <=",
            AlertState.Deleted => "=> VRRP Deleted at reload <=",
            _ => "=> VRRP Instance is no longer owning VRRP VIPs <=",
        });

    /// <summary>A <c>vrrp_sync_group</c> has entered a state.</summary>
    public static AlertMail OfGroup(string routerId, string name, AlertState state) => new(
        Cut($"[{routerId}] VRRP Group {name} - {Event(state)}", MaximumSubject),
        state switch
        {
            AlertState.Stop => "=> All VRRP group instances are now stopping <=",
            AlertState.Deleted => "=> VRRP Deleted at reload <=",
            _ => $"=> All VRRP group instances are now in {Word(state)} state <=",
        });

    /// <summary>A real server, or one of its checks, is up or down.</summary>
    /// <param name="name">Real server, a blank, virtual server.</param>
    public static AlertMail OfRealServer(string routerId, string name, bool isUp, string body)
    {
        ArgumentNullException.ThrowIfNull(name);
        int blank = name.IndexOf(' ', StringComparison.Ordinal);
        return new AlertMail(
            Cut($"[{routerId}] Realserver {name[..blank]} of virtual server {name[(blank + 1)..]} - {(isUp ? "UP" : "DOWN")}", MaximumSubject), Cut(body, MaximumBody));
    }

    /// <summary>The quorum of a virtual server was gained or lost.</summary>
    public static AlertMail OfVirtualServer(string routerId, string name, bool isUp, string body) =>
        new(Cut($"[{routerId}] Virtualserver {name} - {(isUp ? "UP" : "DOWN")}", MaximumSubject), Cut(body, MaximumBody));

    /// <summary>In one line, whatever is in a name; never in the middle of a character.</summary>
    internal static string Cut(string text, int limit)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= limit ? line : line[..(char.IsHighSurrogate(line[limit - 1]) ? limit - 1 : limit)];
    }

    private static string Event(AlertState state) => state switch
    {
        AlertState.Stop => "Stopping",
        AlertState.Deleted => "Deleted",
        _ => $"Entering {Word(state)} state",
    };

    private static string Word(AlertState state) => state switch
    {
        AlertState.Master => "MASTER",
        AlertState.Backup => "BACKUP",
        AlertState.Fault => "FAULT",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "not a state that is entered"),
    };
}
