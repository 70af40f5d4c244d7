namespace Keepalived.Es.Domain.Configuration;

/// <summary>What reading one file gave.</summary>
/// <param name="FullPath">Absolute path, symbolic links left as they are: tells include cycles and is the base of relative includes.</param>
/// <param name="Text">The whole text; null when it could not be read.</param>
/// <param name="Error">Why not, in the system's words; null when <paramref name="Text"/> is there.</param>
public sealed record ConfigFile(string FullPath, string? Text, string? Error = null);

/// <summary>The files a configuration is read from. The shell implements it; the reader itself touches no disk.</summary>
public interface IConfigFiles
{
    /// <summary>Reads one file.</summary>
    /// <param name="path">As the user or an include named it, already joined to the including file's directory.</param>
    /// <returns>Null when there is no such file. A directory or a file that cannot be read: a <see cref="ConfigFile"/> with an error.</returns>
    ConfigFile? Read(string path);

    /// <summary>Names that match a pattern of <c>* ? [ ]</c> (braces are already expanded). Directories are left out.</summary>
    /// <param name="pattern">Absolute, or relative to <paramref name="workingDirectory"/>.</param>
    /// <param name="workingDirectory">Directory of the including file; empty for the path given by the user.</param>
    /// <returns>Paths that <see cref="Read"/> takes, in any order; the reader sorts them by ordinal value.</returns>
    IReadOnlyList<string> Glob(string pattern, string workingDirectory);
}
