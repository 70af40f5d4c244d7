namespace Keepalived.Es.Scripting.JavaScript;

/// <summary>How a worker is started.</summary>
/// <param name="Program">Absolute path of the binary.</param>
/// <param name="Arguments">Normally <see cref="HookWorker.Verb"/> alone.</param>
/// <param name="User">User to run as, name or number; null: the daemon's own. Another needs <c>chroot</c> (coreutils) and CAP_SYS_CHROOT.</param>
/// <param name="Group">Group to run as; null: the user's first.</param>
public sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments, string? User = null, string? Group = null);
