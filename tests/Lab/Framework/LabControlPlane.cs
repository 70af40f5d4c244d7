using System.Globalization;
using Npgsql;

namespace Keepalived.Es.Lab.Framework;

/// <summary>A record as the store holds it.</summary>
internal sealed record StoredRow(string Boot, long Sequence, string Hash, byte[] Canonical);

/// <summary><c>kes serve</c> on the lab's control host, with a PostgreSQL of its own, and the ways in which it can be lost. There may be several, one port each.</summary>
internal sealed class LabControlPlane : IAsyncDisposable
{
    private const string Address = "10.51.0.10";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    private readonly NetnsLab _lab;
    private readonly LabCertificate? _certificate;
    private readonly int _port;
    private LabProcess _server;

    private LabControlPlane(NetnsLab lab, LabCertificate? certificate, int port)
    {
        (_lab, _certificate, _port) = (lab, certificate, port);
        _server = Serve();
    }

    internal string Url => $"{(_certificate is null ? "http" : "https")}://{Address}:{_port}";

    /// <summary>The file with the operator's token.</summary>
    internal string OperatorToken => Path.Combine(Data, "operator.token");

    private string Data => Path.Combine(_lab.Folder, $"control-{_port}");

    private string PostmasterFile => Path.Combine(Data, "postgres", "postmaster.pid");

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="https">With a certificate of an authority of the lab's own.</param>
    internal static async Task<LabControlPlane> StartAsync(NetnsLab lab, bool https = false, int port = 7340)
    {
        var controlPlane = new LabControlPlane(lab, https ? LabCertificate.Create(lab.Folder, Address) : null, port);
        await controlPlane.AwaitAnswerAsync();
        return controlPlane;
    }

    /// <summary>What a service manager does once the program has ended.</summary>
    internal async Task StartAgainAsync()
    {
        if (!_server.HasEnded)
        {
            _server.Signal(Signals.Terminate);
            await _lab.UntilAsync("kes ends", () => _server.HasEnded, StartLimit);
        }

        _server = Serve();
        await AwaitAnswerAsync();
    }

    /// <summary>Gives the node a token and tells it where to send.</summary>
    internal async Task EnrollAsync(LabNode node)
    {
        string token = await EnrollAsync($"node-{node.Name}");
        string authority = _certificate is null ? "" : $"  ca: {_certificate.AuthorityFile}\n";
        node.WriteSettings($"control-plane:\n  url: {Url}\n  token-file: {token}\n{authority}");
    }

    /// <returns>The file with the token.</returns>
    internal async Task<string> EnrollAsync(string name)
    {
        string token = Path.Combine(_lab.Folder, $"{name}.token");
        CommandResult result = await KesAsync("nodes", "enroll", name, "--site", "lab", "--token-file", token);
        await _lab.ThatAsync($"{name} is enrolled: {result}", result.ExitCode == 0);
        return token;
    }

    /// <summary>Runs the auditor's command line on the control host.</summary>
    internal Task<CommandResult> KesAsync(params IEnumerable<string> arguments) => Command.RunAsync(
        "ip", ["netns", "exec", _lab.Control, "env", $"SSL_CERT_FILE={_certificate?.AuthorityFile}", Programs.Kes, .. arguments, "--server", Url, "--operator-token-file", OperatorToken]);

    /// <summary>SIGKILL to the server; its database goes on.</summary>
    internal async Task KillAsync()
    {
        _server.KillHard();
        await _lab.UntilAsync("kes is gone", () => _server.HasEnded);
    }

    /// <summary>SIGKILL to all processes of the database at once; the server goes on.</summary>
    internal Task KillPostgresAsync()
    {
        Signals.KillTree(Postmaster!.Value);
        return Task.CompletedTask;
    }

    /// <summary>SIGKILL to the database's first process only; its children notice.</summary>
    /// <returns>False: it did not run.</returns>
    internal bool KillPostmaster() => Postmaster is { } postmaster && Signals.Kill(postmaster);

    /// <summary>SIGKILL to one of the processes that serve a connection; the database throws all of them out and recovers.</summary>
    /// <returns>False: there was none.</returns>
    internal bool KillBackend(Random random)
    {
        int[] backends = Postmaster is { } postmaster ? [.. Signals.Tree(postmaster).Where(Signals.IsServingConnection)] : [];
        return backends.Length > 0 && Signals.Kill(backends[random.Next(backends.Length)]);
    }

    /// <summary>Null: it does not run.</summary>
    private int? Postmaster =>
        File.Exists(PostmasterFile) && int.TryParse(File.ReadLines(PostmasterFile).FirstOrDefault(), CultureInfo.InvariantCulture, out int id)
        && Signals.IsAlive(id) ? id : null;

    /// <summary>The nodes no longer reach it. Nobody is told: packets vanish.</summary>
    internal Task CutAsync() => SetPortAsync("nomaster");

    internal Task MendAsync() => SetPortAsync($"master {NetnsLab.BridgeOf("eth0")}");

    /// <summary>All records of a node in the order of the store; empty while the database is away.</summary>
    internal async Task<List<StoredRow>> RowsAsync(LabNode node)
    {
        var rows = new List<StoredRow>();
        try
        {
            await using NpgsqlConnection connection = await ConnectAsync();
            await using var command = new NpgsqlCommand(
                """
                select k.boot, k.node_sequence, k.hash, k.canonical
                from kes_node_events k join mt_events e using (seq_id) where k.node = $1 order by seq_id
                """,
                connection);
            command.Parameters.AddWithValue($"node-{node.Name}");
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                rows.Add(new StoredRow(reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetFieldValue<byte[]>(3)));
            }
        }
        catch (NpgsqlException)
        {
            rows.Clear();
        }

        return rows;
    }

    /// <summary>A connection to its database.</summary>
    /// <exception cref="NpgsqlException">It does not answer.</exception>
    internal async Task<NpgsqlConnection> ConnectAsync()
    {
        NpgsqlConnection connection = new($"Host={Path.GetDirectoryName(PostmasterFile)};Username=kes;Database=kes;Pooling=false;Command Timeout=120");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Waits until the store has what the node's journal has: each record once, in the journal's order, byte for byte.</summary>
    internal Task UntilStoreHasJournalAsync(LabNode node) => _lab.UntilAsync(
        $"every record of {node.Name}'s journal is in the store, once and in order",
        async () =>
        {
            List<JournalRow> journal = node.Journal.Rows();
            List<StoredRow> store = await RowsAsync(node);
            return journal.Count == store.Count && journal.Zip(store).All(pair =>
                (pair.First.Boot, pair.First.Sequence, pair.First.Hash) == (pair.Second.Boot, pair.Second.Sequence, pair.Second.Hash)
                && pair.First.Canonical.AsSpan().SequenceEqual(pair.Second.Canonical));
        },
        TimeSpan.FromMinutes(1));

    /// <summary>Ends it in good order, its database with it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server.HasEnded && File.Exists(PostmasterFile))
        {
            _server = Serve();                               // adopts the database and takes it down
            await AwaitAnswerAsync();
        }

        _server.Signal(Signals.Terminate);
        await _lab.UntilAsync("kes ends", () => _server.HasEnded, StartLimit);
    }

    private Task AwaitAnswerAsync() => _lab.UntilAsync("kes answers", async () => (await KesAsync("status")).ExitCode == 0, StartLimit);

    private Task<string> SetPortAsync(string change) =>
        Command.IpAsync($"-n {_lab.Switch} link set {NetnsLab.PortOf("control", "eth0")} {change}");

    private LabProcess Serve()
    {
        string[] secure = _certificate is null ? [] : ["--certificate", _certificate.CertificateFile, "--key", _certificate.KeyFile];
        LabProcess server = LabProcess.Start("control", _lab.Control, Programs.Kes, ["serve", "--data", Data, "--listen", Url, .. secure]);
        _lab.Others.Add(server);
        return server;
    }
}
