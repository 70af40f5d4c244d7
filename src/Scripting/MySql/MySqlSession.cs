using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>
/// A connection to one target for one run of a hook, with the thread that it lives on. It connects at the first request, and ends when it
/// is closed, when the connection is lost, or when nobody asks for <see cref="IdleLimit"/>.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Its thread disposes of the wait.")]
internal sealed class MySqlSession
{
    internal static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(1);
    private const int StackBytes = 512 * 1024;

    private readonly MySqlTarget _target;
    private readonly SocketWait _wait;
    private readonly Action<MySqlSession> _ended;
    private readonly object _gate = new();
    private (MySqlRequest Request, TaskCompletionSource<JsonObject> Answer)? _job;
    private bool _isBusy;
    private bool _isClosed;
    private MySqlConnection? _connection;

    /// <param name="ended">Called once, by the thread when it is done.</param>
    internal MySqlSession(MySqlTarget target, TimeProvider time, Action<MySqlSession> ended)
    {
        (_target, _ended) = (target, ended);
        _wait = new SocketWait(time);
        new Thread(Work, StackBytes) { IsBackground = true, Name = $"mysql {target.Name}" }.Start();
    }

    internal bool IsConnected { get; private set; }

    /// <summary>Hands the thread a request.</summary>
    /// <returns>Its answer; null: the session has ended, and another is needed.</returns>
    internal Task<JsonObject>? Start(MySqlRequest request)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return null;
            }

            if (_isBusy)
            {
                return Task.FromResult(MySqlAnswer.Failure($"{_target.Name} is busy with another call of this run"));
            }

            var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
            (_job, _isBusy) = ((request, answer), true);
            Monitor.Pulse(_gate);
            return answer.Task;
        }
    }

    /// <summary>Closes it; what runs is given up, and its thread ends by itself.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_isBusy)
            {
                _wait.Cancel();
            }

            Monitor.Pulse(_gate);
        }
    }

    private void Work()
    {
        while (Next() is { } job)
        {
            JsonObject answer = Run(job.Request);
            lock (_gate)
            {
                _isBusy = false;
                _isClosed |= _connection is not { IsUsable: true };
            }

            job.Answer.SetResult(answer);
        }

        _wait.Begin(_target.ConnectTimeout);                     // for saying good-bye
        _connection?.Dispose();
        _wait.Dispose();
        _ended(this);
    }

    private (MySqlRequest Request, TaskCompletionSource<JsonObject> Answer)? Next()
    {
        lock (_gate)
        {
            if (_job is null && !_isClosed && !Monitor.Wait(_gate, IdleLimit))
            {
                _isClosed = _job is null;
            }

            (var job, _job) = (_job, null);
            return job;
        }
    }

    private JsonObject Run(MySqlRequest request)
    {
        TimeSpan limit = _connection is null ? _target.ConnectTimeout : request.Limit;
        _wait.Begin(limit);
        try
        {
            if (_connection is null)
            {
                _connection = MySqlConnection.Open(_target, _wait);
                IsConnected = true;
                limit = request.Limit;
                _wait.Begin(limit);
            }

            return request.Work(_connection);
        }
        catch (MySqlException e)
        {
            return _wait.IsOver ? MySqlAnswer.Failure(TimedOut(limit)) : e.ToAnswer();
        }
        catch (Exception e)                                      // the thread's border
        {
            return MySqlAnswer.Failure($"{_target.Name}: {e.GetType().Name}: {e.Message}");
        }
    }

    private string TimedOut(TimeSpan limit) => IsConnected
        ? $"timed out after {limit.TotalMilliseconds:0} ms"
        : $"cannot connect to {_target.Name} ({_target.Place}): timed out after {limit.TotalMilliseconds:0} ms";
}
