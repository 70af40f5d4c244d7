using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Keepalived.Es.ControlPlane.Api;

namespace Keepalived.Es.ControlPlane.Anchors;

/// <summary>Where roots are kept outside the database, a line of JSON each: a file, a URL that takes a POST, or a command that reads it.</summary>
public sealed class AnchorSink : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _target;
    private readonly HttpClient? _http;

    private AnchorSink(string target, HttpClient? http) => (_target, _http) = (target, http);

    /// <param name="target">A file's path; <c>http://…</c> or <c>https://…</c>; or <c>|</c> and a command line for /bin/sh.</param>
    /// <exception cref="ArgumentException">None of these.</exception>
    public static AnchorSink Of(string target)
    {
        ArgumentNullException.ThrowIfNull(target);
        bool url = target.StartsWith("http://", StringComparison.Ordinal) || target.StartsWith("https://", StringComparison.Ordinal);
        return target.Trim() is not ("" or "|") && (!url || Uri.IsWellFormedUriString(target, UriKind.Absolute))
            ? new AnchorSink(target, url ? new HttpClient { Timeout = Patience } : null)
            : throw new ArgumentException($"'{target}': a file, a URL or '|command' is expected", nameof(target));
    }

    /// <summary>Returns when the root is kept: the file is synced, the answer is a 2xx, the command has ended with 0.</summary>
    /// <exception cref="AnchorNotKeptException">It is not.</exception>
    public async Task KeepAsync(Anchor anchor, CancellationToken stop)
    {
        byte[] line = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(anchor, ApiJson.Options) + "\n");
        try
        {
            await (_http is not null ? PostAsync(_http, line, stop) : _target[0] == '|' ? RunAsync(line, stop) : AppendAsync(line, stop));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or HttpRequestException or System.ComponentModel.Win32Exception
            || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new AnchorNotKeptException($"'{_target}': {failure.Message}", failure);
        }
    }

    public void Dispose() => _http?.Dispose();

    private async Task AppendAsync(byte[] line, CancellationToken stop)
    {
        await using FileStream file = new(_target, FileMode.Append, FileAccess.Write, FileShare.Read);
        await file.WriteAsync(line, stop);
        file.Flush(flushToDisk: true);
    }

    private async Task PostAsync(HttpClient http, byte[] line, CancellationToken stop)
    {
        using ByteArrayContent content = new(line);
        content.Headers.ContentType = new("application/x-ndjson");
        using HttpResponseMessage response = await http.PostAsync(_target, content, stop);
        response.EnsureSuccessStatusCode();
    }

    private async Task RunAsync(byte[] line, CancellationToken stop)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", _target[1..]]) { RedirectStandardInput = true })!;
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(line, limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new IOException($"exit code {process.ExitCode}");
        }
    }
}

/// <summary>A root could not be kept outside; it is tried again.</summary>
public sealed class AnchorNotKeptException(string message, Exception cause) : Exception(message, cause);
