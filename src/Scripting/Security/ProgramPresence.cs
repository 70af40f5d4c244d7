namespace Keepalived.Es.Scripting.Security;

/// <summary>What there is under the name of a program.</summary>
public enum ProgramPresence : byte
{
    /// <summary>Nothing, or nothing that can be seen.</summary>
    Missing,

    /// <summary>A file that nobody may execute, or no file: a directory, a device.</summary>
    NotExecutable,

    /// <summary>A file that somebody may execute.</summary>
    Executable,
}
