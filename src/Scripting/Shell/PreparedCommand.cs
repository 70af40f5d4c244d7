using System.Collections;
using System.ComponentModel;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>A request in the form that the kernel takes, made once and used for each run.</summary>
internal sealed class PreparedCommand
{
    private const string Interpreter = "/bin/sh";

    private static readonly Lazy<CStrings> DaemonEnvironment = new(() => new CStrings(
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(pair => $"{pair.Key}={pair.Value}")]));

    private readonly string _path;
    private readonly bool _asUser;
    private readonly ShellRequest _request;
    private readonly CStrings _file;
    private readonly CStrings _arguments;
    private readonly CStrings _environment;

    /// <exception cref="Win32Exception">The account or the program does not exist; the text says which.</exception>
    /// <exception cref="ArgumentException">A text has a NUL in it.</exception>
    internal PreparedCommand(ShellRequest request)
    {
        _request = request;
        Account account = Account.Find(request.User, request.Group, out string? problem) ?? throw new Win32Exception(0, problem);
        _path = ProgramPath.Find(request.Command[0]) ?? throw new Win32Exception(0, "No such file or directory");
        _asUser = account != Account.Own;
        IReadOnlyList<string> line = _asUser ? account.Line([_path, .. request.Command.Skip(1)]) : request.Command;
        _file = new CStrings([_asUser ? line[0] : _path, request.WorkingDirectory]);
        _arguments = new CStrings(line);
        _environment = request.Environment is { } variables
            ? new CStrings([.. variables.Select(pair => $"{pair.Key}={pair.Value}")])
            : DaemonEnvironment.Value;
    }

    /// <summary>Starts it once, in a process group of its own. A file without <c>#!</c> is read by <c>/bin/sh</c>.</summary>
    /// <returns>Its process id, which is also its group's.</returns>
    /// <exception cref="Win32Exception">It could not be started.</exception>
    internal int Start(StandardDescriptors standard)
    {
        int error = Spawn.Run(out int id, _file, _arguments, _environment, standard);
        if (error == LibC.ENOEXEC && !_asUser)
        {
            error = Spawn.Run(
                out id,
                new CStrings([Interpreter, _request.WorkingDirectory]),
                new CStrings([Interpreter, _path, .. _request.Command.Skip(1)]),
                _environment,
                standard);
        }

        if (error != 0)
        {
            string text = new Win32Exception(error).Message;
            string where = Directory.Exists(_request.WorkingDirectory) ? "" : $"working directory {_request.WorkingDirectory}: ";
            throw new Win32Exception(error, where + text);
        }

        return id;
    }
}
