using System.Buffers;
using Keepalived.Es.Domain.Health.Protocols;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>One request and its response over a connection, HTTP/1.0 and 1.1.</summary>
internal static class HttpExchange
{
    private const int BufferBytes = 8 * 1024;

    /// <param name="onReceived">Sees all that arrives; null: nobody does.</param>
    /// <exception cref="ProbeFailedException">What was answered is not HTTP.</exception>
    internal static async Task<HttpAnswer> RunAsync(
        Stream stream, ReadOnlyMemory<byte> request, HttpBody body, ProbeSteps steps, Action<ReadOnlyMemory<byte>, bool>? onReceived = null)
    {
        await stream.WriteAsync(request, steps.Begin("sending")).ConfigureAwait(false);
        var reader = new HttpResponseReader();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (!reader.IsComplete)
            {
                CancellationToken limit = steps.Begin(reader.IsInBody ? "waiting for the rest of the body" : "waiting for an answer");
                int length = await stream.ReadAsync(buffer.AsMemory(0, BufferBytes), limit).ConfigureAwait(false);
                if (length == 0)
                {
                    reader.End();
                    ThrowIfBroken(reader);
                    break;
                }

                Feed(reader, buffer.AsMemory(0, length), body, onReceived);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToAnswer(reader.Status, Shortness(reader));
    }

    private static void Feed(HttpResponseReader reader, ReadOnlyMemory<byte> bytes, HttpBody body, Action<ReadOnlyMemory<byte>, bool>? onReceived)
    {
        while (!bytes.IsEmpty && !reader.IsComplete)
        {
            bool isBody = reader.IsInBody;
            int taken = reader.Read(bytes.Span, out ReadOnlySpan<byte> piece);
            ThrowIfBroken(reader);
            onReceived?.Invoke(bytes[..taken], isBody);
            if (isBody)
            {
                body.Take(bytes.Span[..taken], piece);
            }
            else
            {
                body.Pass(taken);
            }

            bytes = bytes[taken..];
        }
    }

    private static void ThrowIfBroken(HttpResponseReader reader)
    {
        if (reader.Complaint is { } complaint)
        {
            throw new ProbeFailedException(ProbeResult.Failure(complaint));
        }
    }

    private static string? Shortness(HttpResponseReader reader) => reader.IsComplete ? null
        : reader.ContentLength is { } length ? $"body ended after {reader.BodyBytes} of {length} bytes"
        : $"body ended within a chunk after {reader.BodyBytes} bytes";
}
