using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>
/// The host functions <c>mysql.query</c>, <c>mysql.exec</c> and <c>mysql.waitGtid</c> over named targets. Each run of a hook has at most
/// one connection to a target, on a thread of its own, so that a call ends in time whatever the server does.
/// </summary>
public sealed class MySqlHost : IDisposable
{
    /// <summary>Connections of all runs together, those included that were given up and have not ended yet.</summary>
    public const int MaximumConnections = 32;

    /// <summary>A session answers at its limit by itself; later only if a call into the system holds it, such as a name's look-up.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, MySqlTarget> _targets;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<(long Run, string Target), MySqlSession> _sessions = [];
    private readonly HashSet<MySqlSession> _alive = [];

    /// <param name="targets">With names that differ.</param>
    /// <exception cref="ArgumentException">Two targets have one name.</exception>
    public MySqlHost(IEnumerable<MySqlTarget> targets, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(time);
        _targets = targets.ToDictionary(target => target.Name, StringComparer.Ordinal);
        _time = time;
        Functions = [new MySqlStatementFunction("mysql.query", this), new MySqlStatementFunction("mysql.exec", this), new MySqlWaitGtidFunction(this)];
    }

    /// <summary>To be offered to hooks.</summary>
    public IReadOnlyList<IHostFunction> Functions { get; }

    /// <summary>Threads that are alive, for tests and diagnostics.</summary>
    public int Connections
    {
        get
        {
            lock (_gate)
            {
                return _alive.Count;
            }
        }
    }

    /// <summary>Closes the connections of a run that has ended; what still waits for an answer is given up.</summary>
    public void EndRun(long run) => Close(key => key.Run == run);

    /// <summary>Closes all connections.</summary>
    public void Dispose() => Close(_ => true);

    /// <summary>Why a target does not exist; null: it does.</summary>
    internal string? UnknownTarget(string name) => _targets.ContainsKey(name)
        ? null
        : _targets.Count == 0
            ? $"there is no target '{name}': no MySQL target is configured in node.yaml"
            : $"there is no target '{name}'; configured: {string.Join(", ", _targets.Keys.Order(StringComparer.Ordinal))}";

    internal TimeSpan QueryTimeout(string target) => _targets[target].QueryTimeout;

    /// <summary>Runs a request on the run's connection to the target; the answer has <c>ms</c>.</summary>
    internal async Task<JsonObject> RunAsync(string target, MySqlRequest request, HostCall from, CancellationToken cancel)
    {
        long started = _time.GetTimestamp();
        JsonObject answer = await AskAsync(target, request, from, cancel).ConfigureAwait(false);
        answer["ms"] = (long)_time.GetElapsedTime(started).TotalMilliseconds;
        return answer;
    }

    private async Task<JsonObject> AskAsync(string target, MySqlRequest request, HostCall from, CancellationToken cancel)
    {
        if (Ask(target, request, from.Run, out MySqlSession? session) is not { } asked)
        {
            return MySqlAnswer.Failure($"{MaximumConnections} connections are open, no more are allowed");
        }

        TimeSpan limit = request.Limit + (session!.IsConnected ? TimeSpan.Zero : _targets[target].ConnectTimeout) + Grace;
        limit = limit < from.Remaining ? limit : from.Remaining;
        try
        {
            return await asked.WaitAsync(limit, _time, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            session.Close();
            return MySqlAnswer.Failure($"timed out after {limit.TotalMilliseconds:0} ms");
        }
        catch (OperationCanceledException)
        {
            session.Close();
            return MySqlAnswer.Failure("given up: the hook has ended");
        }
    }

    /// <summary>The run's session, or a new one when there is none that lives.</summary>
    private Task<JsonObject>? Ask(string target, MySqlRequest request, long run, out MySqlSession? session)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue((run, target), out session) && session.Start(request) is { } answer)
            {
                return answer;
            }

            if (_alive.Count >= MaximumConnections)
            {
                return null;
            }

            session = new MySqlSession(_targets[target], _time, Ended);
            _alive.Add(session);
            _sessions[(run, target)] = session;
            return session.Start(request);
        }
    }

    private void Close(Func<(long Run, string Target), bool> which)
    {
        lock (_gate)
        {
            foreach ((var key, MySqlSession session) in _sessions.Where(pair => which(pair.Key)).ToArray())
            {
                _sessions.Remove(key);
                session.Close();
            }
        }
    }

    private void Ended(MySqlSession session)
    {
        lock (_gate)
        {
            _alive.Remove(session);
            foreach (var key in _sessions.Where(pair => pair.Value == session).Select(pair => pair.Key).ToArray())
            {
                _sessions.Remove(key);
            }
        }
    }
}
