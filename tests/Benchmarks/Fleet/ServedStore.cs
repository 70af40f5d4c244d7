using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Keepalived.Es.ControlPlane.Api;
using Npgsql;

namespace Keepalived.Es.Benchmarks.Fleet;

/// <summary><c>kes serve</c> as a process of its own with a PostgreSQL of its own.</summary>
internal sealed class ServedStore : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);
    private readonly string _directory = Directory.CreateTempSubdirectory("kes-bench-fleet.").FullName;
    private readonly Process _server;
    private double _kesBefore;
    private double _postgresBefore;

    private ServedStore(string program, int port)
    {
        File.SetUnixFileMode(_directory, (UnixFileMode)0b111_101_101);             // PostgreSQL runs as another user
        string url = $"http://127.0.0.1:{port}";
        _server = Process.Start(new ProcessStartInfo(program, ["serve", "--data", _directory, "--listen", url]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _server.OutputDataReceived += (_, line) => Log.Add(line.Data ?? "");
        _server.ErrorDataReceived += (_, line) => Log.Add(line.Data ?? "");
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 512 }) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(30) };
    }

    internal HttpClient Http { get; }

    internal System.Collections.Concurrent.ConcurrentBag<string> Log { get; } = [];

    internal string ConnectionString => $"Host={_directory}/postgres;Username=kes;Database=kes;Command Timeout=600";

    /// <param name="program">Path of kes.</param>
    internal static async Task<ServedStore> StartAsync(string program, int port)
    {
        ServedStore store = new(program, port);
        for (long start = Stopwatch.GetTimestamp(); !await store.AnswersAsync(); await Task.Delay(100))
        {
            if (store._server.HasExited || Stopwatch.GetElapsedTime(start) > StartLimit)
            {
                string said = string.Join('\n', store.Log);
                await store.DisposeAsync();
                throw new InvalidOperationException($"kes does not answer:\n{said}");
            }
        }

        return store;
    }

    /// <returns>The node's token.</returns>
    internal async Task<string> EnrollAsync(string node, string site)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/nodes") { Content = JsonContent.Create(new EnrollRequest(node, site), options: ApiJson.Options) };
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", (await File.ReadAllTextAsync(Path.Combine(_directory, OperatorToken.FileName))).Trim());
        using HttpResponseMessage response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<EnrollReply>(ApiJson.Options))!.Token;
    }

    internal async Task<T> ScalarAsync<T>(string sql)
    {
        await using NpgsqlConnection connection = new(ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>CPU seconds of kes and of PostgreSQL since the last call.</summary>
    internal (double Kes, double Postgres) TakeCpu()
    {
        int postmaster = int.Parse(File.ReadLines($"{_directory}/postgres/postmaster.pid").First(), CultureInfo.InvariantCulture);
        _server.Refresh();
        (double kes, double postgres) = (_server.TotalProcessorTime.TotalSeconds, Processes.CpuOfTree(postmaster));
        (double, double) used = (kes - _kesBefore, postgres - _postgresBefore);
        (_kesBefore, _postgresBefore) = (kes, postgres);
        return used;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_server.HasExited)
        {
            using Process terminate = Process.Start("kill", [$"{_server.Id}"]);     // SIGTERM, so that it ends its PostgreSQL
            await _server.WaitForExitAsync();
        }

        _server.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await Http.GetAsync("/health")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
