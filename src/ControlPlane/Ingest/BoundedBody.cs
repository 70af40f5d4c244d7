using System.IO.Compression;

namespace Keepalived.Es.ControlPlane.Ingest;

/// <summary>Reads a request's body, decompressing it on the way, and stops at the limit whatever the compressed size was.</summary>
public static class BoundedBody
{
    /// <param name="contentEncoding">Empty, <c>identity</c> or <c>gzip</c>.</param>
    /// <exception cref="IngestRefusedException">413 above the limit, 400 for broken gzip or another encoding.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, string contentEncoding, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(body);
        switch (contentEncoding)
        {
            case "" or "identity":
                return await ReadAsync(body, stop);
            case "gzip":
                await using (GZipStream plain = new(body, CompressionMode.Decompress, leaveOpen: true))
                {
                    return await DecompressAsync(plain, stop);
                }

            default:
                throw new IngestRefusedException(new IngestRefusal(400,
                    $"Content-Encoding '{contentEncoding}': gzip and identity are allowed"));
        }
    }

    private static async Task<ReadOnlyMemory<byte>> DecompressAsync(GZipStream plain, CancellationToken stop)
    {
        try
        {
            return await ReadAsync(plain, stop);
        }
        catch (InvalidDataException broken)
        {
            throw new IngestRefusedException(new IngestRefusal(400, $"the body is not gzip: {broken.Message}"));
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, CancellationToken stop)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 4, IngestLimits.BodyBytes + 1));
            }

            int read = await body.ReadAsync(buffer.AsMemory(length), stop);
            length += read;
            if (length > IngestLimits.BodyBytes)
            {
                throw new IngestRefusedException(new IngestRefusal(413,
                    $"the body is larger than {IngestLimits.BodyBytes} bytes after decompression"));
            }

            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }
        }
    }
}
