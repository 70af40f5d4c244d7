using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Tracking;
using Keepalived.Es.NodeRuntime.Linux.EventLoop;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Tracking;

/// <summary>
/// Watches tracked files by inotify(7) and tells their values. Their directories are watched, so that a file may come, go and be replaced; one that is not
/// there yet is looked for again from time to time.
/// </summary>
internal sealed class TrackedFiles : IDisposable
{
    /// <summary>Between looks for a directory that is not there.</summary>
    private const int LookAgainMs = 2000;

    private const int StackBytes = 256 * 1024;
    private readonly FileWatch[] _files;
    private readonly Action<TrackFileSettings, int> _changed;
    private readonly Action<TrackFileSettings, string> _complain;
    private readonly DirectoryWatches _watches = new();
    private readonly Epoll _epoll = new();
    private readonly Wakeup _stop = new();
    private readonly Thread _thread;

    /// <summary>Tells every value once before it returns, and then, from a thread of its own, each change.</summary>
    /// <param name="initialize">Files are written first as <c>init_file</c> says: at the start, not at a reload.</param>
    /// <param name="changed">Must neither throw nor block for long.</param>
    /// <param name="complain">What is wrong with a file, once for each change: it cannot be read or written, is no number.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left (EMFILE, ENFILE).</exception>
    internal TrackedFiles(
        IEnumerable<TrackFileSettings> files, bool initialize, Action<TrackFileSettings, int> changed, Action<TrackFileSettings, string> complain)
    {
        (_changed, _complain) = (changed, complain);
        _files = [.. files.Select(settings => new FileWatch(settings))];
        foreach (FileWatch file in initialize ? _files : [])
        {
            Initialize(file.Settings);
        }

        _epoll.Add(_watches.Descriptor, 0);
        _epoll.Add(_stop.Descriptor, 1);
        Watch();
        foreach (FileWatch file in _files)
        {
            Look(file, isFirst: true);
        }

        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "tracked files" };
        _thread.Start();
    }

    /// <summary>What is watched.</summary>
    internal IEnumerable<string> Paths => _files.Select(file => file.Settings.Path);

    /// <summary>No change is told after it has returned.</summary>
    public void Dispose()
    {
        _stop.Signal();
        _thread.Join();
        _epoll.Dispose();
        _stop.Dispose();
        _watches.Dispose();
    }

    private void Run()
    {
        Span<EpollEvent> ready = stackalloc EpollEvent[2];
        while (true)
        {
            bool isWhole = _files.All(file => file.Watch >= 0);
            _epoll.Wait(ready, isWhole ? -1 : LookAgainMs);
            if (_stop.Drain())
            {
                return;
            }

            _watches.Drain(Changed, Lost);
            if (!isWhole || _files.Any(file => file.Watch < 0))
            {
                LookForDirectories();
            }
        }
    }

    private void Changed(int watch, string name)
    {
        foreach (FileWatch file in _files)
        {
            if (file.Watch == watch && (name.Length == 0 || file.Name == name))
            {
                Look(file, isFirst: false);
            }
        }
    }

    /// <summary>The directory has gone, or changes were missed.</summary>
    private void Lost(int watch)
    {
        foreach (FileWatch file in _files)
        {
            file.Watch = file.Watch == watch ? -1 : file.Watch;
            Look(file, isFirst: false);
        }
    }

    private void LookForDirectories()
    {
        foreach (FileWatch file in _files)
        {
            if (file.Watch < 0 && (file.Watch = _watches.TryAdd(file.Directory)) >= 0)
            {
                Look(file, isFirst: false);
            }
        }
    }

    private void Watch()
    {
        foreach (FileWatch file in _files)
        {
            file.Watch = _watches.TryAdd(file.Directory);
            if (file.Watch < 0)
            {
                _complain(file.Settings, $"directory {file.Directory} cannot be watched yet: {Errno.Describe(-file.Watch)}; looked for again");
            }
        }
    }

    private void Look(FileWatch file, bool isFirst)
    {
        TrackedFileValue read = Read(file.Settings.Path);
        if (read.Complaint is { } complaint && complaint != file.Complaint)
        {
            _complain(file.Settings, complaint);
        }

        file.Complaint = read.Complaint;
        int value = read.Value ?? file.Value;
        if (value != file.Value || isFirst)
        {
            file.Value = value;
            _changed(file.Settings, value);
        }
    }

    private static TrackedFileValue Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Span<byte> bytes = stackalloc byte[TrackedFileValue.Limit];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return TrackedFileValue.Read(Encoding.Latin1.GetString(bytes[..length]));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return TrackedFileValue.Absent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new TrackedFileValue(0, $"{path} cannot be read and counts as 0: {e.Message}");
        }
    }

    private void Initialize(TrackFileSettings settings)
    {
        if (settings.InitialValue is not { } value)
        {
            return;
        }

        try
        {
            using var file = new FileStream(settings.Path, settings.Overwrite ? FileMode.Create : FileMode.CreateNew);
            file.Write(Encoding.ASCII.GetBytes($"{value}\n"));
        }
        catch (IOException) when (!settings.Overwrite && File.Exists(settings.Path))
        {
            // It has a value already.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _complain(settings, $"init_file: {settings.Path} cannot be written: {e.Message}");
        }
    }

    private sealed class FileWatch(TrackFileSettings settings)
    {
        internal TrackFileSettings Settings { get; } = settings;

        internal string Directory { get; } = Path.GetDirectoryName(Path.GetFullPath(settings.Path)) ?? "/";

        internal string Name { get; } = Path.GetFileName(settings.Path);

        internal int Value { get; set; }

        internal string? Complaint { get; set; }

        /// <summary>Of its directory; negative: there is none yet.</summary>
        internal int Watch { get; set; } = -1;
    }
}
