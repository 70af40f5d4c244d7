using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;
using Keepalived.Es.NodeRuntime.Checkers;

namespace Keepalived.Es.NodeRuntime.Cli;

/// <summary><c>keepalived-es --genhash</c>: the digest of a page, fetched as the check fetches it.</summary>
internal static class GenhashCommand
{
    private const int BytesInRow = 16;

    /// <summary>Whether the first argument asks for it.</summary>
    internal static bool IsMeant(string argument) => argument is "--genhash" or "-T";

    /// <param name="arguments">What follows the first one.</param>
    /// <exception cref="FormatException">An option is wrong; the message says which.</exception>
    internal static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        GenhashOptions options = GenhashOptions.Parse(arguments);
        if (options.Help)
        {
            await output.WriteAsync(GenhashOptions.Usage).ConfigureAwait(false);
            return ExitCode.Good;
        }

        using var steps = new ProbeSteps(options.Timeout, CancellationToken.None);
        try
        {
            await FetchAsync(options, steps, output).ConfigureAwait(false);
            return ExitCode.Good;
        }
        catch (Exception e) when (e is not FormatException)      // of sockets and streams, told as a check would tell them
        {
            await error.WriteLineAsync($"keepalived-es: genhash: {StreamProbe.Explain(e, steps).Note}").ConfigureAwait(false);
            return ExitCode.Fatal;
        }
    }

    private static async Task FetchAsync(GenhashOptions options, ProbeSteps steps, TextWriter output)
    {
        var target = new CheckTarget { Address = options.Server, Port = options.Port, FirewallMark = options.Mark, Timeout = options.Timeout };
        string host = options.VirtualHost ?? HttpRequest.HostOf(options.Server, options.Port);
        if ((HttpRequest.Complaint("url", options.Url) ?? HttpRequest.Complaint("virtualhost", host)) is { } complaint)
        {
            throw new FormatException($"genhash: {complaint}");
        }

        using var body = new HttpBody(hashes: true, skip: 0, keep: 0);
        (MemoryStream head, MemoryStream content) = (new MemoryStream(), new MemoryStream());
        Action<ReadOnlyMemory<byte>, bool>? keep = options.Verbose ? (bytes, isBody) => (isBody ? content : head).Write(bytes.Span) : null;
        byte[] request = HttpRequest.Write(options.Url, host, options.Protocol);
        await using NetworkStream connection = await new StreamConnector(target).ConnectAsync(steps).ConfigureAwait(false);
        HttpAnswer answer;
        if (options.Tls)
        {
            using var tls = new TlsConnector(null);
            string? serverName = options.Sni ? options.VirtualHost : null;
            await using SslStream secure = await tls.ConnectAsync(connection, serverName, isHttp2: false, steps).ConfigureAwait(false);
            answer = await HttpExchange.RunAsync(secure, request, body, steps, keep).ConfigureAwait(false);
        }
        else
        {
            answer = await HttpExchange.RunAsync(connection, request, body, steps, keep).ConfigureAwait(false);
        }

        if (options.Verbose)
        {
            await output.WriteAsync(Details(head.ToArray(), content.ToArray())).ConfigureAwait(false);
        }

        await output.WriteAsync($"{answer.RawDigest}\n").ConfigureAwait(false);
    }

    private static string Details(byte[] head, byte[] content) => new StringBuilder()
        .Append("-----------------------[    HTTP Header Buffer    ]-----------------------\n").Append(Dump(head))
        .Append("-----------------------[ HTTP Header Ascii Buffer ]-----------------------\n").Append(Encoding.Latin1.GetString(head)).Append('\n')
        .Append("-----------------------[        HTML Buffer        ]-----------------------\n").Append(Dump(content))
        .Append("\n-----------------------[ HTML hash final resulting ]-----------------------\n")
        .ToString();

    /// <summary>Offset, sixteen bytes in hex, their text.</summary>
    private static StringBuilder Dump(byte[] bytes)
    {
        var text = new StringBuilder();
        for (int at = 0; at < bytes.Length; at += BytesInRow)
        {
            ReadOnlySpan<byte> row = bytes.AsSpan(at, Math.Min(BytesInRow, bytes.Length - at));
            text.Append($"{at:D4} ");
            for (int i = 0; i < BytesInRow; i++)
            {
                text.Append(i == BytesInRow / 2 ? " -" : "").Append(i < row.Length ? $" {row[i]:x2}" : "   ");
            }

            text.Append("   ");
            foreach (byte value in row)
            {
                text.Append(value is >= 0x20 and < 0x7F ? (char)value : '.');
            }

            text.Append('\n');
        }

        return text;
    }
}
