using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace Keepalived.Es.NodeRuntime.Journal;

/// <summary>A batch as ingest wants it: a record a line with its hash, the first with the hash before it, compressed.</summary>
internal static class BatchContent
{
    internal static ByteArrayContent Of(List<JournalRecord> batch)
    {
        var content = new ByteArrayContent(Compress(batch));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static byte[] Compress(List<JournalRecord> batch)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < batch.Count; i++)
            {
                string previous = i == 0 ? $"\"prev\":\"{batch[i].PreviousHash}\"," : "";
                gzip.Write(Encoding.ASCII.GetBytes($"{{{previous}\"hash\":\"{batch[i].Hash}\",\"record\":"));
                gzip.Write(batch[i].Canonical);
                gzip.Write("}\n"u8);
            }
        }

        return buffer.ToArray();
    }
}
