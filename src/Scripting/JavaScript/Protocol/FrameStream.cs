using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keepalived.Es.Scripting.JavaScript.Protocol;

/// <summary>
/// Messages between the daemon and a worker: the length in four bytes, little endian, then that many bytes of a JSON object in UTF-8.
/// </summary>
/// <param name="input">Read from.</param>
/// <param name="output">Written to.</param>
/// <param name="longestRead">Bytes of the longest message that is read.</param>
/// <param name="longestWritten">Bytes of the longest message that is written.</param>
internal sealed class FrameStream(Stream input, Stream output, int longestRead, int longestWritten)
{
    /// <summary>Nesting of a message; texts of JSON inside one count as texts.</summary>
    internal const int Nesting = 64;

    private const int HeaderBytes = 4;

    /// <summary>Messages take turns, so that a pipe is empty when one is written; up to so many bytes always fit (PIPE_BUF).</summary>
    private const int NeverWaits = 4096;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = Nesting };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _header = new byte[HeaderBytes];

    /// <summary>The next message; null: the stream has ended between two messages.</summary>
    /// <exception cref="FrameException">The stream does not keep to the form; nothing more can be read from it.</exception>
    internal async ValueTask<JsonObject?> ReadAsync(CancellationToken cancel)
    {
        int got = await input.ReadAtLeastAsync(_header, HeaderBytes, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        if (got == 0)
        {
            return null;
        }

        byte[] body = new byte[Length(got)];
        int length = await input.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        return Parse(body, length);
    }

    /// <inheritdoc cref="ReadAsync"/>
    internal JsonObject? Read()
    {
        int got = input.ReadAtLeast(_header, HeaderBytes, throwOnEndOfStream: false);
        if (got == 0)
        {
            return null;
        }

        byte[] body = new byte[Length(got)];
        int length = input.ReadAtLeast(body, body.Length, throwOnEndOfStream: false);
        return Parse(body, length);
    }

    /// <exception cref="FrameException">The message is longer than allowed; nothing was written.</exception>
    internal void Write(JsonObject message)
    {
        output.Write(Bytes(message).Span);
        output.Flush();
    }

    /// <inheritdoc cref="Write"/>
    internal async ValueTask WriteAsync(JsonObject message, CancellationToken cancel)
    {
        ReadOnlyMemory<byte> bytes = Bytes(message);
        if (bytes.Length <= NeverWaits)
        {
            output.Write(bytes.Span);                            // asynchronous writing to a pipe is a detour over another thread
            output.Flush();
            return;
        }

        await output.WriteAsync(bytes, cancel).ConfigureAwait(false);
        await output.FlushAsync(cancel).ConfigureAwait(false);
    }

    private static JsonObject Parse(byte[] body, int length)
    {
        if (length < body.Length)
        {
            throw new FrameException($"the stream ended after {length} of {body.Length} bytes of a message");
        }

        try
        {
            return JsonNode.Parse(body, documentOptions: Reading) as JsonObject ?? throw new FrameException("a message is not a JSON object");
        }
        catch (JsonException e)
        {
            throw new FrameException($"a message is not JSON: {e.Message}", e);
        }
    }

    private int Length(int headerBytes)
    {
        if (headerBytes < HeaderBytes)
        {
            throw new FrameException($"the stream ended after {headerBytes} of {HeaderBytes} bytes of a length");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_header);
        return length <= longestRead ? (int)length : throw new FrameException($"a message of {length} bytes is too long, allowed 0 to {longestRead}");
    }

    private ReadOnlyMemory<byte> Bytes(JsonObject message)
    {
        using var buffer = new MemoryStream();
        buffer.SetLength(HeaderBytes);
        buffer.Position = HeaderBytes;
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            message.WriteTo(writer);
        }

        int length = (int)buffer.Length - HeaderBytes;
        if (length > longestWritten)
        {
            throw new FrameException($"a message of {length} bytes is too long, allowed 0 to {longestWritten}");
        }

        byte[] bytes = buffer.GetBuffer();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, length);
        return bytes.AsMemory(0, length + HeaderBytes);
    }
}
