using System.Globalization;

namespace Keepalived.Es.NodeRuntime.Lvs;

/// <summary>Which servers are drained, in a file of the state directory: a server that an operator took out stays out when the daemon is started again.</summary>
internal sealed class DrainStore(string stateDirectory, TimeProvider time)
{
    private const string FileName = "drained";
    private const char Separator = '\t';
    private readonly string _path = Path.Combine(stateDirectory, FileName);

    /// <summary>One drained server.</summary>
    /// <param name="Left">Until it comes back; null: until further notice.</param>
    internal readonly record struct Drained(string Service, string Server, TimeSpan? Left);

    /// <summary>Those whose time is not over; none when there is no file. Lines that are not ours are passed over.</summary>
    internal IReadOnlyList<Drained> Load()
    {
        try
        {
            return [.. File.ReadLines(_path).Select(Read).OfType<Drained>()];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    /// <summary>Replaces the file as a whole.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    internal void Save(IEnumerable<Drained> drained)
    {
        DateTimeOffset now = time.GetUtcNow();
        string temporary = _path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create))
        using (var writer = new StreamWriter(file))
        {
            foreach (Drained one in drained)
            {
                string until = one.Left is { } left ? (now + left).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) : "";
                writer.Write($"{one.Service}{Separator}{one.Server}{Separator}{until}\n");
            }

            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path, overwrite: true);
    }

    private Drained? Read(string line)
    {
        string[] fields = line.Split(Separator);
        if (fields.Length != 3)
        {
            return null;
        }

        if (fields[2].Length == 0)
        {
            return new Drained(fields[0], fields[1], null);
        }

        return long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out long until)
            && DateTimeOffset.FromUnixTimeMilliseconds(until) - time.GetUtcNow() is { } left && left > TimeSpan.Zero
            ? new Drained(fields[0], fields[1], left)
            : null;
    }
}
