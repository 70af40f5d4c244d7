using System.Collections.Concurrent;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.Scripting.Hooks;
using MediatR;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>
/// Takes notifications from the VRRP thread and publishes them, one after the other, on a thread of its own: the pool's may all be busy when an
/// address moves. The loop hands over and goes on.
/// </summary>
internal sealed class NotifyQueue : IDisposable
{
    /// <summary>Notifications that wait at most; a further one is dropped, and recorded as such.</summary>
    private const int Capacity = 4096;

    private readonly Inbox<INotification> _inbox = new(Capacity);
    private readonly ConcurrentDictionary<string, long> _newest = new(StringComparer.Ordinal);
    private readonly JournalWriter _journal;
    private readonly IMediator _mediator;
    private readonly string _node;
    private readonly Thread _publishing;

    internal NotifyQueue(IMediator mediator, JournalWriter journal, string node)
    {
        (_mediator, _journal, _node) = (mediator, journal, node);
        _publishing = new Thread(PublishAll) { Name = "notify", IsBackground = true };
        _publishing.Start();
    }

    /// <summary>Never blocks.</summary>
    internal void Publish(StateNotification notification)
    {
        _newest[notification.Owner] = notification.Transition;
        if (!_inbox.TryAdd(notification))
        {
            string problem = $"{notification.Owner} {notification.State}: {Capacity} notifications wait already; nobody was told of this one";
            Log.HookNotRun("notify", problem);
            _journal.Record(new Degraded(_node, "notify", problem, "find out which script holds up the others: see the hook events before"), causeToken: notification.Transition);
        }
    }

    /// <summary>Tells that a transition may come within milliseconds. Never blocks.</summary>
    internal void Expect(StateNotification likely) => Announce(likely with { IsRehearsal = true });

    /// <summary>Tells that a notification is coming. Never blocks; there is no harm in it when it cannot be told.</summary>
    internal void Announce(StateNotification coming)
    {
        if (coming.Scripts is [{ IsJavaScript: true }, ..])
        {
            _inbox.TryAdd(new TransitionDecided(coming));
        }
    }

    /// <summary>Whether a transition is still the newest of its instance or group.</summary>
    internal bool IsNewest(string owner, long transition) => !_newest.TryGetValue(owner, out long newest) || newest == transition;

    /// <summary>Publishes what waits.</summary>
    public void Dispose()
    {
        _inbox.Close();
        _publishing.Join();
        _inbox.Dispose();
    }

    private void PublishAll()
    {
        while (_inbox.Take(out INotification? notification))
        {
            try
            {
                _mediator.Publish(notification).GetAwaiter().GetResult();
            }
            catch (Exception e)                                  // a handler records and returns; one that throws must not stop the others
            {
                Log.HookNotRun("notify", e.Message);
            }
        }
    }
}
