using System.Globalization;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>The user and group that a program runs as.</summary>
internal readonly record struct Account(uint User, uint Group)
{
    private const int BufferBytes = 16 * 1024;

    internal static Account Own { get; } = new(LibC.geteuid(), LibC.getegid());

    /// <param name="user">Name or number; null: our own.</param>
    /// <param name="group">Name or number; null: the user's first.</param>
    /// <param name="problem">Why not, otherwise null.</param>
    internal static Account? Find(string? user, string? group, out string? problem)
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

    /// <summary>The command that runs a command as this account: with <c>setpriv</c> (util-linux) where it is not our own.</summary>
    internal IReadOnlyList<string> Line(IReadOnlyList<string> command)
    {
        string user = User.ToString(CultureInfo.InvariantCulture), group = Group.ToString(CultureInfo.InvariantCulture);
        return this == Own ? command : ["setpriv", "--reuid", user, "--regid", group, "--clear-groups", "--", .. command];
    }

    private static unsafe Account? FindUser(string name)
    {
        byte* buffer = stackalloc byte[BufferBytes];
        LibC.Password entry;
        LibC.Password* result;
        return LibC.getpwnam_r(name, &entry, buffer, BufferBytes, &result) == 0 && result is not null
            ? new Account(entry.User, entry.Group)
            : Number(name) is { } id ? new Account(id, Own.Group) : null;
    }

    private static unsafe uint? FindGroup(string name)
    {
        byte* buffer = stackalloc byte[BufferBytes];
        LibC.Group entry;
        LibC.Group* result;
        return LibC.getgrnam_r(name, &entry, buffer, BufferBytes, &result) == 0 && result is not null ? entry.Id : Number(name);
    }

    private static uint? Number(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
}
