using Npgsql;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>
/// Wakes who listens for appended events (<c>mt_events_appended</c>), after the commit and in a transaction of its own: a NOTIFY inside the append would
/// make all appends of the server commit one after the other. While one is under way, and for some milliseconds after it, further ones become one more.
/// A lost one costs a poll.
/// </summary>
public sealed class AppendSignal(NpgsqlDataSource database)
{
    /// <summary>Between two: many small appends are not to be doubled by their announcements.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private const int Idle = 0;
    private const int Sending = 1;
    private const int SendingAndMore = 2;
    private int _state;

    /// <summary>Something was appended. Returns at once.</summary>
    public void Raise()
    {
        if (Interlocked.CompareExchange(ref _state, Sending, Idle) == Idle)
        {
            _ = SendAsync();
        }
        else
        {
            Interlocked.CompareExchange(ref _state, SendingAndMore, Sending);
            if (Interlocked.CompareExchange(ref _state, Sending, Idle) == Idle)
            {
                _ = SendAsync();
            }
        }
    }

    private async Task SendAsync()
    {
        do
        {
            Interlocked.Exchange(ref _state, Sending);
            try
            {
                await using NpgsqlCommand notify = database.CreateCommand("notify mt_events_appended");
                await notify.ExecuteNonQueryAsync();
            }
            catch (Exception gone) when (gone is NpgsqlException or ObjectDisposedException or InvalidOperationException or TimeoutException)
            {
                // Who listens looks by itself, too.
            }

            await Task.Delay(Pause);
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Sending) != Sending);
    }
}
