using System.Security.Cryptography;
using System.Text;
using Keepalived.Es.Scripting.JavaScript.Checking;

namespace Keepalived.Es.Scripting.JavaScript.Parent;

/// <summary>The content of a hook's file.</summary>
/// <param name="Stamp">Looked at before each call.</param>
/// <param name="Hash">SHA-256, in hexadecimal digits.</param>
/// <param name="Source">Its text.</param>
/// <param name="Map">To the file that it was compiled from; null: there is none.</param>
internal sealed record HookFile(FileStamp Stamp, string Hash, string Source, SourceMap? Map)
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file.</param>
    /// <param name="longest">Bytes allowed.</param>
    /// <exception cref="IOException">It is missing, or too long, or not UTF-8.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static HookFile Read(string path, int longest)
    {
        FileStamp stamp = FileStamp.Of(path);
        using FileStream stream = File.OpenRead(path);
        byte[] bytes = new byte[longest + 1];
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count > longest)
        {
            throw new IOException($"the file has more than {longest} bytes");
        }

        ReadOnlySpan<byte> content = bytes.AsSpan(0, count);
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        ReadOnlySpan<byte> text = content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;
        try
        {
            string source = _strict.GetString(text);
            return new HookFile(stamp, hash, source, SourceMap.Beside(path, source));
        }
        catch (DecoderFallbackException e)
        {
            throw new IOException($"the file is not UTF-8: byte {e.Index + 1}", e);
        }
    }
}

/// <summary>What shows that a file has changed without reading it.</summary>
internal readonly record struct FileStamp(DateTime Written, long Bytes)
{
    /// <exception cref="IOException">There is no such file.</exception>
    internal static FileStamp Of(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? new FileStamp(info.LastWriteTimeUtc, info.Length) : throw new FileNotFoundException($"there is no file {path}");
    }
}
