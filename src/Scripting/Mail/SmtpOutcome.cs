namespace Keepalived.Es.Scripting.Mail;

/// <summary>What became of a mail.</summary>
/// <param name="Error">
/// What failed, with the server's own words where it said any; null: all recipients were accepted. Recipients that it does not name were accepted
/// when it begins with <c>refused for</c>.
/// </param>
/// <param name="Duration">Of the dialogue.</param>
public sealed record SmtpOutcome(string? Error, TimeSpan Duration);
