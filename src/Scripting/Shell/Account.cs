using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>The user and group that a program runs as.</summary>
/// <param name="User">User id.</param>
/// <param name="Group">Group id.</param>
public readonly record struct Account(uint User, uint Group)
{
    /// <summary>The user that scripts run as when the configuration names none and this one exists.</summary>
    public const string DefaultScriptUser = "keepalived_script";

    private const int FirstBufferBytes = 4 * 1024;

    /// <summary>A group with very many members has a long entry.</summary>
    private const int MaximumBufferBytes = 1024 * 1024;

    private const int MaximumGroups = 1024;

    private unsafe delegate int LookUp(byte* buffer, nuint size);

    /// <summary>The daemon's own.</summary>
    public static Account Own { get; } = new(LibC.geteuid(), LibC.getegid());

    /// <param name="user">Name or number; null: our own.</param>
    /// <param name="group">Name or number; null: the user's first.</param>
    /// <param name="problem">Why not, otherwise null.</param>
    public static Account? Find(string? user, string? group, out string? problem)
    {
        problem = null;
        Account found = Own;
        if (user is not null)
        {
            if (FindUser(user) is not { } known)
            {
                problem = $"there is no user '{user}'";
                return null;
            }

            found = known;
        }

        if (group is not null)
        {
            if (FindGroup(group) is not { } id)
            {
                problem = $"there is no group '{group}'";
                return null;
            }

            found = found with { Group = id };
        }

        return found;
    }

    /// <summary>
    /// The command that runs a command as this account: where that is not our own, by <c>chroot</c> of coreutils, which with the present root changes
    /// user and group only, and costs half of setpriv(1).
    /// </summary>
    /// <exception cref="Win32Exception">There is no <c>chroot</c>.</exception>
    internal IReadOnlyList<string> Line(IReadOnlyList<string> command)
    {
        string ids = string.Create(CultureInfo.InvariantCulture, $"--userspec=+{User}:+{Group}");
        return this == Own ? command : [ToolPath(), "--skip-chdir", ids, "--groups=", "/", .. command];
    }

    private static readonly string[] ToolPlaces = ["/usr/sbin/chroot", "/sbin/chroot"];

    /// <summary>Often in a folder that is not in the PATH of a daemon.</summary>
    private static string ToolPath() => ProgramPath.Find("chroot")
        ?? Array.Find(ToolPlaces, File.Exists)
        ?? throw new Win32Exception(0, "to run it as another user, chroot is needed: install coreutils");

    /// <summary>Whether there is a user of that name.</summary>
    public static bool Exists(string user) => ByName(user) is not null;

    /// <summary>Name of a user, or the number when it has none.</summary>
    internal static string NameOfUser(uint id) => ById(id)?.Name ?? id.ToString(CultureInfo.InvariantCulture);

    /// <summary>Name of a group, or the number when it has none.</summary>
    internal static unsafe string NameOfGroup(uint id)
    {
        string? name = null;
        _ = WithBuffer((buffer, size) =>
        {
            LibC.Group entry;
            LibC.Group* result;
            int error = LibC.getgrgid_r(id, &entry, buffer, size, &result);
            name = error == 0 && result is not null ? Text(entry.Name) : null;
            return error;
        });
        return name ?? id.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The account of a user id with its first group; our own group for an id that no user has.</summary>
    internal static Account OfUser(uint id) => ById(id)?.Account ?? new Account(id, Own.Group);

    /// <summary>All groups of a user, getgrouplist(3).</summary>
    internal static unsafe IReadOnlyList<uint> GroupsOf(uint user)
    {
        if (ById(user) is not { } entry)
        {
            return [];
        }

        uint* groups = stackalloc uint[MaximumGroups];
        int count = MaximumGroups;
        _ = LibC.getgrouplist(entry.Name, entry.Account.Group, groups, &count);
        return new ReadOnlySpan<uint>(groups, Math.Min(count, MaximumGroups)).ToArray();
    }

    private static Account? FindUser(string name) => ByName(name) ?? (Number(name) is { } id ? OfUser(id) : null);

    private static unsafe Account? ByName(string name)
    {
        Account? found = null;
        _ = WithBuffer((buffer, size) =>
        {
            LibC.Password entry;
            LibC.Password* result;
            int error = LibC.getpwnam_r(name, &entry, buffer, size, &result);
            found = error == 0 && result is not null ? new Account(entry.User, entry.Group) : null;
            return error;
        });
        return found;
    }

    private static unsafe (string Name, Account Account)? ById(uint id)
    {
        (string, Account)? found = null;
        _ = WithBuffer((buffer, size) =>
        {
            LibC.Password entry;
            LibC.Password* result;
            int error = LibC.getpwuid_r(id, &entry, buffer, size, &result);
            found = error == 0 && result is not null ? (Text(entry.Name), new Account(entry.User, entry.Group)) : null;
            return error;
        });
        return found;
    }

    private static unsafe uint? FindGroup(string name)
    {
        uint? found = null;
        _ = WithBuffer((buffer, size) =>
        {
            LibC.Group entry;
            LibC.Group* result;
            int error = LibC.getgrnam_r(name, &entry, buffer, size, &result);
            found = error == 0 && result is not null ? entry.Id : null;
            return error;
        });
        return found ?? Number(name);
    }

    /// <summary>Calls again with a larger buffer while it is too small.</summary>
    private static unsafe int WithBuffer(LookUp lookUp)
    {
        int error = LibC.ERANGE;
        for (int size = FirstBufferBytes; error == LibC.ERANGE && size <= MaximumBufferBytes; size *= 4)
        {
            fixed (byte* buffer = new byte[size])
            {
                error = lookUp(buffer, (nuint)size);
            }
        }

        return error;
    }

    private static unsafe string Text(byte* text) => Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private static uint? Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
