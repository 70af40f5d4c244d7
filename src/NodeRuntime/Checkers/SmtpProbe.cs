using System.Net.Sockets;
using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary><c>SMTP_CHECK</c>: greeting 220, HELO 250, and QUIT, whose answer may be any, as with keepalived (RFC 5321).</summary>
internal sealed class SmtpProbe : StreamProbe
{
    private const int BufferBytes = 1024;
    private readonly SmtpCheckSettings _settings;

    /// <exception cref="ProbeSetupException">The name for HELO cannot be sent.</exception>
    internal SmtpProbe(SmtpCheckSettings settings, SemaphoreSlim places)
        : base(settings.Target, places)
    {
        _settings = settings;
        if (HttpRequest.Complaint("helo_name", settings.HeloName) is not null)
        {
            throw new ProbeSetupException($"helo_name '{ReplyText.Of(settings.HeloName)}' is empty, or has a blank or a control character");
        }
    }

    protected override async Task<ProbeResult> AskAsync(int step, ProbeSteps steps)
    {
        await using NetworkStream connection = await Connector.ConnectAsync(steps).ConfigureAwait(false);
        var conversation = new Conversation(connection, steps);
        return await conversation.ExpectAsync("the greeting", 220).ConfigureAwait(false)
            ?? await conversation.SayAsync("HELO", $"HELO {_settings.HeloName}", 250).ConfigureAwait(false)
            ?? await conversation.SayAsync("QUIT", "QUIT", wanted: null).ConfigureAwait(false)
            ?? ProbeResult.Success("greeting, HELO and QUIT answered");
    }

    private sealed class Conversation(NetworkStream stream, ProbeSteps steps)
    {
        private readonly SmtpReplyReader _reader = new();
        private readonly byte[] _buffer = new byte[BufferBytes];
        private ReadOnlyMemory<byte> _unread;

        internal async Task<ProbeResult?> SayAsync(string command, string line, int? wanted)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), steps.Begin($"sending {command}")).ConfigureAwait(false);
            return await ExpectAsync($"the answer to {command}", wanted).ConfigureAwait(false);
        }

        /// <param name="wanted">Null: any reply is.</param>
        /// <returns>Null: the wanted reply.</returns>
        internal async Task<ProbeResult?> ExpectAsync(string what, int? wanted)
        {
            _reader.Reset();
            while (_reader.Code == 0 && _reader.Complaint is null)
            {
                if (_unread.IsEmpty)
                {
                    int length = await stream.ReadAsync(_buffer, steps.Begin($"waiting for {what}")).ConfigureAwait(false);
                    if (length == 0)
                    {
                        return ProbeResult.Failure($"closed by the server, waiting for {what}");
                    }

                    _unread = _buffer.AsMemory(0, length);
                }

                _unread = _unread[_reader.Read(_unread.Span)..];
            }

            return _reader.Complaint is { } complaint ? ProbeResult.Failure($"{what}: {complaint}")
                : wanted is null || _reader.Code == wanted ? null
                : ProbeResult.Failure($"{what} is '{_reader.Text}', wanted {wanted}");
        }
    }
}
