using System.Globalization;
using System.Text;

namespace Keepalived.Es.Logging;

/// <summary>
/// The file buffer between the log and Seq: numbered <c>.clef</c> files that are appended to, and a bookmark that moves only when Seq has
/// taken a batch. Survives a kill: what is in a file and beyond the bookmark is sent after the next start. One thread appends, another reads.
/// </summary>
/// <param name="directory">Made at the first use: a disk that is away at the start must not keep the program.</param>
/// <param name="maximumFileBytes">A file is closed beyond this size.</param>
/// <param name="maximumFiles">Files kept at most; beyond it the oldest is given up, and its events are counted.</param>
internal sealed class SeqBuffer(string directory, long maximumFileBytes = SeqBuffer.DefaultFileBytes, int maximumFiles = SeqBuffer.DefaultFiles)
{
    internal const long DefaultFileBytes = 8L << 20;
    internal const int DefaultFiles = 16;

    /// <summary>Beyond it no more refused events are kept.</summary>
    private const long MaximumRefusedBytes = 8L << 20;

    private const string Pattern = "seq-*.clef";
    private const string Prefix = "seq-";
    private readonly string _bookmark = Path.Combine(directory, "seq.bookmark");
    private readonly string _refused = Path.Combine(directory, "seq-refused.txt");
    private long _number;
    private long _eventsGivenUp;
    private volatile SeqBatch? _committed;

    /// <summary>Takes the count of events that were given up because Seq was away for too long.</summary>
    internal long TakeGivenUp() => Interlocked.Exchange(ref _eventsGivenUp, 0);

    /// <summary>Appends lines and hands them to the kernel.</summary>
    /// <returns>How many of them are in the file, and why not all; null when all are.</returns>
    internal (int Kept, string? Problem) Append(IReadOnlyList<string> lines)
    {
        int kept = 0;
        try
        {
            ChooseFile();
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
            using var stream = new FileStream(PathOf(_number), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            long start = stream.Seek(0, SeekOrigin.End);
            try
            {
                stream.Write(bytes);
                return (lines.Count, null);
            }
            catch (IOException)
            {
                int whole = bytes.AsSpan(0, (int)(stream.Length - start)).LastIndexOf((byte)'\n') + 1;
                stream.SetLength(start + whole);                 // a torn line would spoil the next one
                kept = bytes.AsSpan(0, whole).Count((byte)'\n');
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (kept, e.Message);
        }
    }

    /// <summary>The next whole lines after the bookmark. An unfinished last line waits, or is left behind where a later file exists.</summary>
    /// <param name="maximumLines">Lines at most.</param>
    /// <param name="maximumBytes">Bytes at most; a longer line is never read.</param>
    internal SeqBatch Read(int maximumLines, int maximumBytes)
    {
        (long number, long offset) = ReadBookmark();
        while (true)
        {
            long next = Numbers().FirstOrDefault(other => other > number);   // looked for first: with a next one, this one is complete
            (List<string> lines, long length) = WholeLines(ReadBytes(number, offset, maximumBytes), maximumLines);
            if (lines.Count > 0 || next == 0)
            {
                return new SeqBatch(lines, number, offset + length);
            }

            TryDelete(PathOf(number));
            (number, offset) = (next, 0);
        }
    }

    /// <summary>Moves the bookmark behind a batch.</summary>
    internal void Commit(SeqBatch batch)
    {
        _committed = batch;                                      // counts even if the disk is full, or Seq would get it again and again
        File.WriteAllText(_bookmark + ".new", string.Create(CultureInfo.InvariantCulture, $"{batch.NextOffset}:::{batch.File}\n"));
        File.Move(_bookmark + ".new", _bookmark, overwrite: true);
    }

    /// <summary>Keeps an event that Seq will never take where somebody can look at it, up to a size.</summary>
    /// <returns>False when there is no more room.</returns>
    internal bool SetAside(string line, string why)
    {
        if (new FileInfo(_refused) is { Exists: true } file && file.Length > MaximumRefusedBytes)
        {
            return false;
        }

        File.AppendAllText(_refused, $"# {why.ReplaceLineEndings(" ")}\n{line}\n");
        return true;
    }

    /// <summary>Goes on with the newest file, unless it is full or a kill has torn its last line.</summary>
    private void ChooseFile()
    {
        bool first = _number == 0;
        if (first)
        {
            Directory.CreateDirectory(directory);
            _number = Numbers().LastOrDefault(1);
        }

        if (new FileInfo(PathOf(_number)) is { Exists: true } file && (file.Length > maximumFileBytes || (first && IsTorn(file))))
        {
            _number++;
            DropOldest();
        }
    }

    private static bool IsTorn(FileInfo file)
    {
        using FileStream stream = file.OpenRead();
        return stream.Length > 0 && stream.Seek(-1, SeekOrigin.End) >= 0 && stream.ReadByte() != '\n';
    }

    private static (List<string> Lines, long Length) WholeLines(ReadOnlySpan<byte> bytes, int maximum)
    {
        var lines = new List<string>();
        int length = 0;
        while (lines.Count < maximum && bytes[length..].IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (end > 0)
            {
                lines.Add(Encoding.UTF8.GetString(bytes.Slice(length, end)));
            }

            length += end + 1;
        }

        return (lines, length);
    }

    private (long Number, long Offset) ReadBookmark()
    {
        if (_committed is { } committed && File.Exists(PathOf(committed.File)))
        {
            return (committed.File, committed.NextOffset);
        }

        string[] parts = File.Exists(_bookmark) ? File.ReadAllText(_bookmark).Trim().Split(":::") : [];
        return parts.Length == 2 && long.TryParse(parts[0], out long offset) && offset >= 0
            && long.TryParse(parts[1], out long number) && File.Exists(PathOf(number))
            ? (number, offset)
            : (Numbers().FirstOrDefault(), 0);
    }

    private byte[] ReadBytes(long number, long offset, int maximum)
    {
        try
        {
            using var stream = new FileStream(PathOf(number), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (offset > stream.Length)
            {
                return [];
            }

            stream.Seek(offset, SeekOrigin.Begin);
            byte[] buffer = new byte[Math.Min(maximum, stream.Length - offset)];
            stream.ReadExactly(buffer);
            return buffer;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private void DropOldest()
    {
        long[] numbers = [.. Numbers()];
        foreach (long number in numbers.Take(Math.Max(0, numbers.Length + 1 - maximumFiles)))
        {
            long sent = ReadBookmark() is var (at, offset) && at == number ? offset : 0;
            Interlocked.Add(ref _eventsGivenUp, ReadBytes(number, sent, int.MaxValue / 2).LongCount(b => b == '\n'));
            TryDelete(PathOf(number));
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tried again when the next file begins.
        }
    }

    private IEnumerable<long> Numbers() => Directory.Exists(directory)
        ? Directory.EnumerateFiles(directory, Pattern)
            .Select(file => long.TryParse(Path.GetFileNameWithoutExtension(file).AsSpan(Prefix.Length), out long number) ? number : 0)
            .Where(number => number > 0)
            .Order()
        : [];

    private string PathOf(long number) => Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:d6}.clef"));
}

/// <summary>Lines to send, and where the bookmark stands once Seq has taken them.</summary>
internal sealed record SeqBatch(IReadOnlyList<string> Lines, long File, long NextOffset);
