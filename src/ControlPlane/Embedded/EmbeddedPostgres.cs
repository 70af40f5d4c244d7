using Npgsql;

namespace Keepalived.Es.ControlPlane.Embedded;

/// <summary>
/// A PostgreSQL of our own: own data directory, a unix socket in it, no TCP, not as root; started again when it ends, stopped with us. Only
/// the users that run kes and PostgreSQL get in (peer authentication). If kes was killed, its server goes on; the next start adopts it.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string Role = "kes";
    private const int SocketPathLimit = 107;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMinutes(1);

    private readonly PostgresDirectory _directory;
    private readonly PostgresBinaries _binaries;
    private readonly PostgresAccount _account;
    private readonly FileStream _lock;
    private readonly CancellationTokenSource _stop = new();
    private Task _guarding = Task.CompletedTask;

    private EmbeddedPostgres(PostgresDirectory directory, PostgresBinaries binaries, PostgresAccount account, FileStream @lock)
    {
        (_directory, _binaries, _account, _lock) = (directory, binaries, account, @lock);
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = directory.Socket,
            Username = Role,
            Database = Role,
            MaxPoolSize = 40,
            IncludeErrorDetail = true,
        }.ConnectionString;
    }

    /// <summary>How to reach the server.</summary>
    public string ConnectionString { get; }

    /// <summary>Pid of the server's first process; null when it does not run.</summary>
    public int? ProcessId => PostmasterProcess.Find(_directory.Data);

    /// <summary>Starts the server of a data directory, or adopts the one that a killed kes left running.</summary>
    /// <param name="data">Directory of kes; the server's own is <c>postgres</c> below it. Made if missing.</param>
    /// <param name="say">Gets one sentence for each thing done.</param>
    /// <exception cref="EmbeddedException">It cannot run; the message says why and what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(string data, Action<string> say, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(say);
        PostgresDirectory directory = PostgresDirectory.Open(data, SocketPathLimit);
        PostgresAccount account = PostgresAccount.Choose();
        FileStream @lock = directory.Lock();
        EmbeddedPostgres? server = null;
        try
        {
            server = new EmbeddedPostgres(directory, PostgresBinaries.Find(directory.Major), account, @lock);
            server.Launch(say);
            await server.CreateDatabaseAsync(stop);
            server._guarding = server.GuardAsync(say);
            return server;
        }
        catch
        {
            await (server?.DisposeAsync() ?? @lock.DisposeAsync());
            throw;
        }
    }

    /// <summary>Stops the server: open transactions are rolled back, what is committed stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _guarding;
        NpgsqlConnection.ClearAllPools();
        if (ProcessId is not null)
        {
            Command.Run(_account.Wrap(_binaries.PgCtl, "stop", "-D", _directory.Data, "-m", "fast", "-w", "-t", "50"), StopTimeout);
        }

        await _lock.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Lets go of the directory and leaves the server running, as a kill of this program would.</summary>
    internal void Abandon()
    {
        _stop.Cancel();
        _guarding.GetAwaiter().GetResult();
        _lock.Dispose();
    }

    /// <summary>Starts the server again whenever it has ended. What was committed is there: PostgreSQL recovers from its log.</summary>
    private async Task GuardAsync(Action<string> say)
    {
        using PeriodicTimer look = new(BetweenLooks);
        string? refusal = null;
        try
        {
            while (await look.WaitForNextTickAsync(_stop.Token))
            {
                if (ProcessId is not null)
                {
                    continue;
                }

                try
                {
                    await Task.Run(() => Launch(say), _stop.Token);
                    refusal = null;
                }
                catch (EmbeddedException failure) when (failure.Message == refusal)
                {
                    // Said already; tried again at the next look.
                }
                catch (EmbeddedException failure)
                {
                    refusal = failure.Message;
                    say($"ended and cannot be started again, trying on: {refusal}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // We are stopping the server ourselves.
        }
    }

    private void Launch(Action<string> say)
    {
        if (ProcessId is { } running)
        {
            say($"adopted the server that an earlier kes left running (pid {running}, data in {_directory.Data})");
            return;
        }

        if (_directory.Major is null)
        {
            say($"makes a new database in {_directory.Data} (PostgreSQL {_binaries.Major}, as user {_account.User})");
            Initialize();
        }

        PostmasterProcess.RemoveStalePidFiles(_directory.Data);
        _directory.WriteSettings(_account);
        CommandResult started = Command.Run(
            _account.Wrap(_binaries.PgCtl, "start", "-D", _directory.Data, "-w", "-t", "240", "-l",
                Path.Combine(_directory.Data, "start.log")), StartTimeout);
        if (started.ExitCode != 0)
        {
            throw new EmbeddedException($"PostgreSQL did not start: {_directory.LastLogLines() ?? started.Output}");
        }

        say($"runs (pid {ProcessId}, PostgreSQL {_binaries.Major}, user {_account.User}, data in {_directory.Data}, socket in {_directory.Socket}, no TCP)");
    }

    private void Initialize()
    {
        _directory.Prepare(_account);
        CommandResult made = Command.Run(
            _account.Wrap(_binaries.InitDb, "-D", _directory.Data, "-U", Role, "-E", "UTF8", "--locale=C.UTF-8", "--auth=peer"),
            StartTimeout);
        if (made.ExitCode != 0)
        {
            throw new EmbeddedException(
                $"initdb failed in {_directory.Data} as user {_account.User}: {made.Output}; that user must be able to reach the directory, see --data");
        }
    }

    private async Task CreateDatabaseAsync(CancellationToken stop)
    {
        NpgsqlConnectionStringBuilder maintenance = new(ConnectionString) { Database = "postgres", Pooling = false };
        await using NpgsqlConnection connection = new(maintenance.ConnectionString);
        await connection.OpenAsync(stop);
        await using NpgsqlCommand exists = new($"select 1 from pg_database where datname = '{Role}'", connection);
        if (await exists.ExecuteScalarAsync(stop) is null)
        {
            await using NpgsqlCommand create = new($"create database {Role}", connection);
            await create.ExecuteNonQueryAsync(stop);
        }
    }
}
