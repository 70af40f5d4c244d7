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

    private readonly Channel<(AlertMail Mail, StateNotification About, SmtpSettings By)> _waiting =
        Channel.CreateBounded<(AlertMail, StateNotification, SmtpSettings)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly AlertHistory _history = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IHookJournal _journal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _stopWait;
    private volatile Sending? _by;
    private readonly Task _sending;

    /// <param name="settings">Null: nothing is mailed.</param>
    /// <param name="noFaults"><c>no_email_faults</c>.</param>
    /// <param name="stopWait">What is not sent that long after the stop is given up.</param>
    public MailHandler(SmtpSettings? settings, bool noFaults, TimeSpan stopWait, IHookJournal journal, TimeProvider time)
    {
        (_stopWait, _journal, _time) = (stopWait, journal, time);
        Use(settings, noFaults);
        _sending = Task.Run(SendAsync);
    }

    private sealed record Sending(SmtpSettings Settings, bool NoFaults);

    /// <summary>A reload: what is told from here on is mailed so. What waits goes as it would have gone.</summary>
    public void Use(SmtpSettings? settings, bool noFaults) => _by = settings is null ? null : new Sending(settings, noFaults);

    public Task Handle(StateNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (_by is not { } by)
        {
            return Task.CompletedTask;
        }

        if (notification.IsLvs)
        {
            Enqueue(notification, by.Settings);
        }
        else if (notification.SmtpAlert && Enum.TryParse(notification.State, ignoreCase: true, out AlertState state) && !(by.NoFaults && state == AlertState.Fault)
            && _history.IsNew(notification.Owner, state))
        {
            AlertMail mail = notification.Kind == "GROUP"
                ? AlertMail.OfGroup(by.Settings.RouterId, notification.Name, state)
                : AlertMail.OfInstance(by.Settings.RouterId, notification.Name, state);
            Enqueue(mail, notification, by.Settings);
        }

        return Task.CompletedTask;
    }

    /// <summary>Servers are mailed about each time; what changes and changes back says so.</summary>
    private void Enqueue(StateNotification notification, SmtpSettings by)
    {
        if (notification is { SmtpAlert: true, MailBody: { } body })
        {
            bool isUp = notification.State == "UP";
            Enqueue(
                notification.Kind == "VS"
                    ? AlertMail.OfVirtualServer(by.RouterId, notification.Name, isUp, body)
                    : AlertMail.OfRealServer(by.RouterId, notification.Name, isUp, body),
                notification,
                by);
        }
    }

    private void Enqueue(AlertMail mail, StateNotification about, SmtpSettings by)
    {
        if (!_waiting.Writer.TryWrite((mail, about, by)))
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
        await foreach ((AlertMail mail, StateNotification about, SmtpSettings by) in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            SmtpOutcome outcome = await new SmtpAlert(by, _time).SendAsync(mail, _stop.Token).ConfigureAwait(false);
            Record(mail, about, outcome.Error, outcome.Duration);
        }
    }

    private void Record(AlertMail mail, StateNotification about, string? error, TimeSpan duration) => _journal.Record(
        new HookFinished(_journal.Node, $"smtp_alert {about.Name}", 0, error is null ? 0 : null, null, error, duration, mail.Subject), about.Transition);
}
