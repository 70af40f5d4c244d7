using System.Collections.Concurrent;
using System.Threading.Channels;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.Scripting.Hooks;
using MediatR;

namespace Keepalived.Es.NodeRuntime.Hooks;

/// <summary>Takes notifications from the VRRP thread and publishes them, one after the other, on the thread pool. The loop hands over and goes on.</summary>
internal sealed class NotifyQueue : IAsyncDisposable
{
    /// <summary>Notifications that wait at most; a further one is dropped, and recorded as such.</summary>
    private const int Capacity = 4096;

    private readonly Channel<StateNotification> _waiting = Channel.CreateBounded<StateNotification>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly ConcurrentDictionary<string, long> _newest = new(StringComparer.Ordinal);
    private readonly JournalWriter _journal;
    private readonly IMediator _mediator;
    private readonly string _node;
    private readonly Task _publishing;

    internal NotifyQueue(IMediator mediator, JournalWriter journal, string node)
    {
        (_mediator, _journal, _node) = (mediator, journal, node);
        _publishing = Task.Run(PublishAsync);
    }

    /// <summary>Never blocks.</summary>
    internal void Publish(StateNotification notification)
    {
        _newest[notification.Owner] = notification.Transition;
        if (!_waiting.Writer.TryWrite(notification))
        {
            string problem = $"{notification.Owner} {notification.State}: {Capacity} notifications wait already; nobody was told of this one";
            Log.HookNotRun("notify", problem);
            _journal.Record(new Degraded(_node, "notify", problem, "find out which script holds up the others: see the hook events before"), causeToken: notification.Transition);
        }
    }

    /// <summary>Whether a transition is still the newest of its instance or group.</summary>
    internal bool IsNewest(string owner, long transition) => !_newest.TryGetValue(owner, out long newest) || newest == transition;

    /// <summary>Publishes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _publishing.ConfigureAwait(false);
    }

    private async Task PublishAsync()
    {
        await foreach (StateNotification notification in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                await _mediator.Publish(notification).ConfigureAwait(false);
            }
            catch (Exception e)                                  // a handler records and returns; one that throws must not stop the others
            {
                Log.HookNotRun($"notify {notification.Name}", e.Message);
            }
        }
    }
}
