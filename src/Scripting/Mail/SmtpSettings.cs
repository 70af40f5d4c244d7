namespace Keepalived.Es.Scripting.Mail;

/// <summary>Where alerts are mailed: <c>smtp_server</c> and its neighbours in <c>global_defs</c>.</summary>
/// <param name="Server"><c>smtp_server</c>: host name or address.</param>
/// <param name="From"><c>notification_email_from</c>.</param>
/// <param name="Recipients"><c>notification_email</c>; at least one.</param>
/// <param name="RouterId"><c>router_id</c>: stands in front of the subject.</param>
public sealed record SmtpSettings(string Server, string From, IReadOnlyList<string> Recipients, string RouterId)
{
    /// <summary>1 to 65535.</summary>
    public int Port { get; init; } = 25;

    /// <summary><c>smtp_helo_name</c>; null: the host's name.</summary>
    public string? HeloName { get; init; }

    /// <summary><c>smtp_connect_timeout</c>. The whole dialogue may take this and <see cref="SmtpAlert.DialogueLimit"/>.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
