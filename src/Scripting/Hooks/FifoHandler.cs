using Keepalived.Es.Domain.Events;
using Keepalived.Es.Scripting.Fifo;
using MediatR;

namespace Keepalived.Es.Scripting.Hooks;

/// <summary>Writes every notification as a line to the notify FIFOs. What a slow reader does not take is lost, and said once for as long as it lasts.</summary>
public sealed class FifoHandler(IReadOnlyList<NotifyFifo> fifos, IHookJournal journal) : INotificationHandler<StateNotification>
{
    private readonly Lock _writing = new();
    private readonly HashSet<NotifyFifo> _full = [];
    private IReadOnlyList<NotifyFifo> _fifos = fifos;

    /// <summary>A reload: lines go to these from here on. Nothing is written to the others any more once it has returned.</summary>
    public void Use(IReadOnlyList<NotifyFifo> fifos)
    {
        lock (_writing)
        {
            _fifos = fifos;
            _full.IntersectWith(fifos);
        }
    }

    public Task Handle(StateNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (notification.Kind == "CHECK")
        {
            return Task.CompletedTask;
        }

        lock (_writing)
        {
            Write(notification);
        }

        return Task.CompletedTask;
    }

    private void Write(StateNotification notification)
    {
        byte[] line = notification.IsLvs
            ? FifoLine.OfServer(notification.Kind, notification.Name, notification.State)
            : FifoLine.Of(notification.Kind, notification.Name, notification.State, notification.Priority);
        FifoSubject other = notification.IsLvs ? FifoSubject.Vrrp : FifoSubject.Lvs;
        foreach (NotifyFifo fifo in _fifos.Where(fifo => fifo.Subject != other))
        {
            FifoResult result = fifo.Write(line);
            if (result == FifoResult.Written)
            {
                _full.Remove(fifo);
            }
            else if (_full.Add(fifo))
            {
                string problem = result == FifoResult.TooLong
                    ? $"the line about {notification.Name} is longer than {NotifyFifo.MaximumLineBytes} bytes"
                    : "it is full, since nobody reads it fast enough: lines are lost until it is read";
                journal.Record(new Degraded(journal.Node, $"notify FIFO {fifo.Path}", problem, "see that its reader runs, and reads"), notification.Transition);
            }
        }
    }
}
