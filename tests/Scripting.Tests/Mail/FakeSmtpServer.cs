using System.Net;
using System.Net.Sockets;

namespace Keepalived.Es.Scripting.Tests.Mail;

/// <summary>An SMTP server on loopback that answers as it is told and keeps what it was told.</summary>
internal sealed class FakeSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<string, string?> _answer;
    private readonly string? _banner;
    private readonly Task _serving;

    /// <param name="banner">The first line; null: says nothing at all.</param>
    /// <param name="answer">To a command; null: the usual.</param>
    internal FakeSmtpServer(string? banner = "220 fake ESMTP", Func<string, string?>? answer = null)
    {
        (_banner, _answer) = (banner, answer ?? (_ => null));
        _listener.Start();
        _serving = ServeAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Commands in their order; after DATA the lines of the mail are in <see cref="Mail"/>.</summary>
    internal List<string> Commands { get; } = [];

    internal List<string> Mail { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { NewLine = "\r\n", AutoFlush = true };
        if (_banner is not null)
        {
            await writer.WriteLineAsync(_banner);
        }

        bool inData = false;
        while (await reader.ReadLineAsync(_end.Token) is { } line)
        {
            if (inData && line != ".")
            {
                Mail.Add(line);
                continue;
            }

            Commands.Add(line);
            string answer = _answer(line) ?? Usual(line);
            inData = answer.StartsWith("354", StringComparison.Ordinal);
            await writer.WriteLineAsync(answer);
        }
    }

    private static string Usual(string line) => line switch
    {
        "DATA" => "354 go on",
        "QUIT" => "221 bye",
        _ => "250 ok",
    };
}
