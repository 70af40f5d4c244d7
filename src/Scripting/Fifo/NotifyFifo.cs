using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Fifo;

/// <summary>
/// A FIFO that state changes are written to (<c>notify_fifo</c>). Neither opening nor writing ever waits for a reader; what a full one does not
/// take is lost, as with keepalived, but counted. For one thread at a time.
/// </summary>
public sealed unsafe class NotifyFifo : IDisposable
{
    /// <summary>Up to here the kernel writes a line whole or not at all (PIPE_BUF).</summary>
    public const int MaximumLineBytes = 4096;

    private const uint Mode = 0b110_100_100;                     // 0644, less the umask

    private readonly FileFacts _facts;
    private readonly bool _created;
    private int _descriptor;

    private NotifyFifo(string path, int descriptor, FileFacts facts, bool created) =>
        (Path, _descriptor, _facts, _created) = (path, descriptor, facts, created);

    public string Path { get; }

    /// <summary>What is written to it.</summary>
    public FifoSubject Subject { get; init; }

    /// <summary>Lines that were written.</summary>
    public long Written { get; private set; }

    /// <summary>Lines that were not.</summary>
    public long Lost { get; private set; }

    /// <summary>
    /// Opens a FIFO, and makes it if there is none: mode 0644 less the umask, owned by the account. One that is there must be a FIFO that belongs
    /// to us or to the account's user; its owner and mode stay as they are.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="user">Name or number; null: the daemon's own.</param>
    /// <param name="group">Name or number; null: the user's first.</param>
    /// <param name="problem">Why not, in one line with the path; otherwise null.</param>
    /// <param name="subject">What will be written to it.</param>
    public static NotifyFifo? Open(string path, string? user, string? group, out string? problem, FifoSubject subject = FifoSubject.All)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (Account.Find(user, group, out problem) is not { } account)
        {
            problem = $"{path}: {problem}";
            return null;
        }

        bool created = LibC.mkfifo(path, Mode) == 0;
        if (!created && Marshal.GetLastPInvokeError() is var error and not LibC.EEXIST)
        {
            problem = $"{path}: cannot make the FIFO: {Text(error)}";
            return null;
        }

        NotifyFifo? fifo = OpenExisting(path, account, created, subject, out problem);
        if (fifo is null && created)
        {
            _ = LibC.unlink(path);
        }

        return fifo;
    }

    /// <summary>Writes a line, or loses it. Never blocks.</summary>
    /// <param name="line">With its line feed, at most <see cref="MaximumLineBytes"/>.</param>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public FifoResult Write(ReadOnlySpan<byte> line)
    {
        ObjectDisposedException.ThrowIf(_descriptor < 0, this);
        if (line.Length > MaximumLineBytes)
        {
            Lost++;
            return FifoResult.TooLong;
        }

        fixed (byte* text = line)
        {
            if (LibC.write(_descriptor, text, (nuint)line.Length) == line.Length)
            {
                Written++;
                return FifoResult.Written;
            }
        }

        Lost++;
        return FifoResult.Lost;
    }

    /// <summary>Closes it, and removes it if it was made here and is still the same.</summary>
    public void Dispose()
    {
        if (_descriptor < 0)
        {
            return;
        }

        _ = LibC.close(_descriptor);
        _descriptor = -1;
        if (_created && FileFacts.Of(Path, follow: false) is { } now && (now.Inode, now.Device) == (_facts.Inode, _facts.Device))
        {
            _ = LibC.unlink(Path);
        }
    }

    /// <summary>Looks before it opens, since opening a device can do something, and again afterwards, since it may have been exchanged.</summary>
    private static NotifyFifo? OpenExisting(string path, Account account, bool created, FifoSubject subject, out string? problem)
    {
        problem = FileFacts.Of(path, follow: false) is { } before ? Refusal(path, before, account) : $"{path}: {Text(Marshal.GetLastPInvokeError())}";
        if (problem is not null)
        {
            return null;
        }

        int descriptor = LibC.open(path, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_NOFOLLOW | LibC.O_CLOEXEC, 0);
        if (descriptor < 0)
        {
            problem = $"{path}: cannot open the FIFO: {Text(Marshal.GetLastPInvokeError())}";
            return null;
        }

        FileFacts facts = FileFacts.Of(descriptor) ?? default;
        problem = Refusal(path, facts, account);
        if (problem is null && created && account != Account.Own && LibC.fchown(descriptor, account.User, account.Group) != 0)
        {
            problem = $"{path}: cannot give the FIFO to {Account.NameOfUser(account.User)}: {Text(Marshal.GetLastPInvokeError())}";
        }

        if (problem is null)
        {
            return new NotifyFifo(path, descriptor, facts, created) { Subject = subject };
        }

        _ = LibC.close(descriptor);
        return null;
    }

    private static string? Refusal(string path, FileFacts facts, Account account)
    {
        if (!facts.IsFifo)
        {
            return $"{path}: is there and is not a FIFO";
        }

        return facts.User == Account.Own.User || facts.User == account.User ? null
            : $"{path}: the FIFO belongs to {Account.NameOfUser(facts.User)}, allowed are "
                + string.Join(" and ", new[] { Account.Own.User, account.User }.Distinct().Select(Account.NameOfUser));
    }

    private static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);
}
