using System.Net.Mail;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using System.Text;

namespace Keepalived.Es.Scripting.Mail;

/// <summary>Mails alerts, without TLS and without a login, as keepalived does. One dialogue for each mail.</summary>
public sealed class SmtpAlert(SmtpSettings settings, TimeProvider time)
{
    /// <summary>What a dialogue may take besides <see cref="SmtpSettings.ConnectTimeout"/>.</summary>
    public static readonly TimeSpan DialogueLimit = TimeSpan.FromSeconds(30);

    /// <summary>Mails one alert to all recipients.</summary>
    /// <param name="cancel">Ends the dialogue.</param>
    /// <returns>Failure is an outcome; nothing is thrown.</returns>
    public async Task<SmtpOutcome> SendAsync(AlertMail alert, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(alert);
        long started = time.GetTimestamp();
        TimeSpan allowed = settings.ConnectTimeout + DialogueLimit;
        using var limit = new CancellationTokenSource(allowed, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        string? error = null;
        try
        {
            using MailMessage message = Compose(alert);
            using var client = new SmtpClient(settings.Server, settings.Port);
            if (settings.HeloName is { } name)
            {
                ClientDomain(client) = name;
            }

            await client.SendMailAsync(message, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            error = limit.IsCancellationRequested ? $"no end of the dialogue within {allowed.TotalSeconds:0} s" : "cancelled";
        }
        catch (SmtpFailedRecipientsException e)
        {
            error = string.Join("; ", e.InnerExceptions.Select(Refusal));
        }
        catch (SmtpFailedRecipientException e)
        {
            error = Refusal(e);
        }
        catch (Exception e) when (e is SmtpException or FormatException or ArgumentException or InvalidOperationException or IOException)
        {
            error = e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
        }

        return new SmtpOutcome(error is null ? null : $"smtp_server {settings.Server}:{settings.Port}: {error}", time.GetElapsedTime(started));
    }

    private static string Refusal(SmtpFailedRecipientException refused) => $"refused for {refused.FailedRecipient}: {refused.Message}";

    /// <summary>SmtpClient takes the name that it greets with from the host and has no setting for it.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_clientDomain")]
    private static extern ref string? ClientDomain(SmtpClient client);

    private MailMessage Compose(AlertMail alert)
    {
        string body = alert.Body.Length <= AlertMail.MaximumBody ? alert.Body : alert.Body[..AlertMail.MaximumBody];
        var message = new MailMessage
        {
            From = new MailAddress(settings.From),
            Subject = AlertMail.Cut(alert.Subject, AlertMail.MaximumSubject),
            Body = body,
            BodyTransferEncoding = Ascii.IsValid(body) ? TransferEncoding.SevenBit : TransferEncoding.QuotedPrintable,
        };
        foreach (string recipient in settings.Recipients)
        {
            message.To.Add(new MailAddress(recipient));
        }

        message.Headers.Add("X-Mailer", "Keepalived");
        return message;
    }
}
