using System.Threading.Channels;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.Mail;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Mails what <c>smtp_alert</c> asks for, one message after the other, off the way of everything else.</summary>
public sealed class MailHandler : INotificationHandler<StateNotification>, IAsyncDisposable
{
    /// <summary>Messages that wait at most while the server is slow; a further one is not sent, and recorded as such.</summary>
    private const int Capacity = 64;

    private readonly Channel<(AlertMail Mail, StateNotification About)> _waiting =
        Channel.CreateBounded<(AlertMail, StateNotification)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly AlertHistory _history = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SmtpAlert _smtp;
    private readonly SmtpSettings _settings;
    private readonly IHookJournal _journal;
    private readonly bool _noFaults;
    private readonly TimeSpan _stopWait;
    private readonly Task _sending;

    /// <param name="noFaults"><c>no_email_faults</c>.</param>
    /// <param name="stopWait">What is not sent that long after the stop is given up.</param>
    public MailHandler(SmtpSettings settings, bool noFaults, TimeSpan stopWait, IHookJournal journal, TimeProvider time)
    {
        (_settings, _noFaults, _stopWait, _journal) = (settings, noFaults, stopWait, journal);
        _smtp = new SmtpAlert(settings, time);
        _sending = Task.Run(SendAsync);
    }

    public Task Handle(StateNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (notification.IsLvs)
        {
            Enqueue(notification);
        }
        else if (notification.SmtpAlert && Enum.TryParse(notification.State, ignoreCase: true, out AlertState state) && !(_noFaults && state == AlertState.Fault)
            && _history.IsNew(notification.Owner, state))
        {
            AlertMail mail = notification.Kind == "GROUP"
                ? AlertMail.OfGroup(_settings.RouterId, notification.Name, state)
                : AlertMail.OfInstance(_settings.RouterId, notification.Name, state);
            Enqueue(mail, notification);
        }

        return Task.CompletedTask;
    }

    /// <summary>Servers are mailed about each time; what changes and changes back says so.</summary>
    private void Enqueue(StateNotification notification)
    {
        if (notification is { SmtpAlert: true, MailBody: { } body })
        {
            bool isUp = notification.State == "UP";
            Enqueue(
                notification.Kind == "VS"
                    ? AlertMail.OfVirtualServer(_settings.RouterId, notification.Name, isUp, body)
                    : AlertMail.OfRealServer(_settings.RouterId, notification.Name, isUp, body),
                notification);
        }
    }

    private void Enqueue(AlertMail mail, StateNotification about)
    {
        if (!_waiting.Writer.TryWrite((mail, about)))
        {
            Record(mail, about, $"{Capacity} messages wait already; this one was not sent", TimeSpan.Zero);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_waiting.Writer.TryComplete())
        {
            _stop.CancelAfter(_stopWait);
            await _sending.ConfigureAwait(false);
            _stop.Dispose();
        }
    }

    private async Task SendAsync()
    {
        await foreach ((AlertMail mail, StateNotification about) in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            SmtpOutcome outcome = await _smtp.SendAsync(mail, _stop.Token).ConfigureAwait(false);
            Record(mail, about, outcome.Error, outcome.Duration);
        }
    }

    private void Record(AlertMail mail, StateNotification about, string? error, TimeSpan duration) => _journal.Record(
        new HookFinished(_journal.Node, $"smtp_alert {about.Name}", 0, error is null ? 0 : null, null, error, duration, mail.Subject), about.Transition);
}
