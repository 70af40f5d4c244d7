using System.Net.Sockets;
using System.Text;

namespace Keepalived.Es.NodeRuntime.Tests.Checkers;

/// <summary>How a server treats a connection. Each takes what a good server would say, question by question.</summary>
internal static class Behaviour
{
    private static readonly byte[] Garbage = [0x01, 0xFF, (byte)'?', (byte)'\r', (byte)'\n', 0x00, (byte)'\n'];

    internal static CheckServer Server(string behaviour, Func<Stream, Task<Stream>>? secure, params string[] answers) => behaviour switch
    {
        "good" => Answering(secure, answers, byteByByte: false),
        "slow" => Answering(secure, answers, byteByByte: true),
        "refusing" => CheckServer.Refusing(),
        "deaf" => CheckServer.Deaf(),
        "resetting" => CheckServer.Accepting((connection, _) =>
        {
            connection.LingerState = new LingerOption(true, 0);
            return Task.CompletedTask;
        }),
        "garbage" => CheckServer.Accepting(async (connection, stop) =>
        {
            await connection.SendAsync(Garbage, stop);
            await DrainAsync(connection, stop);
        }),
        "half-open" => CheckServer.Accepting((_, stop) => Task.Delay(Timeout.Infinite, stop)),
        "early close" => CheckServer.Accepting(async (connection, stop) =>
        {
            if (answers is not ["", ..])
            {
                await connection.ReceiveAsync(new byte[4096], stop);
            }

            connection.Shutdown(SocketShutdown.Send);
            await DrainAsync(connection, stop);
        }),
        "never closing" => Answering(secure, answers, byteByByte: false, closes: false),
        _ => throw new ArgumentException(behaviour),
    };

    /// <param name="answers">Empty: asked for nothing; the next is said at once.</param>
    private static CheckServer Answering(Func<Stream, Task<Stream>>? secure, string[] answers, bool byteByByte, bool closes = true) =>
        CheckServer.Accepting(async (connection, stop) =>
        {
            await using Stream plain = new NetworkStream(connection);
            await using Stream stream = secure is null ? plain : await secure(plain);
            foreach (string answer in answers)
            {
                if (answer.Length == 0)
                {
                    continue;
                }

                await AwaitQuestionAsync(stream, answers, answer, stop);
                await SayAsync(stream, Encoding.Latin1.GetBytes(answer), byteByByte, stop);
            }

            if (!closes)
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
        });

    /// <summary>The first answer after an empty one needs no question.</summary>
    private static async Task AwaitQuestionAsync(Stream stream, string[] answers, string answer, CancellationToken stop)
    {
        if (answers[0].Length == 0 && answer == answers[1])
        {
            return;
        }

        byte[] buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, stop) is var length and > 0 && buffer[length - 1] != '\n')
        {
        }
    }

    private static async Task SayAsync(Stream stream, byte[] bytes, bool byteByByte, CancellationToken stop)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int length = byteByByte ? 1 : bytes.Length;
            await stream.WriteAsync(bytes.AsMemory(at, length), stop);
            at += length;
            if (byteByByte)
            {
                await Task.Delay(1, stop);                       // so that the next byte is a packet of its own
            }
        }
    }

    /// <summary>Until the other side closes: closing first with something unread would reset the connection.</summary>
    private static async Task DrainAsync(Socket connection, CancellationToken stop)
    {
        byte[] buffer = new byte[4096];
        while (await connection.ReceiveAsync(buffer, stop) > 0)
        {
        }
    }
}
