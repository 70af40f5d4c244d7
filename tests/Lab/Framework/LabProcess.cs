using System.Diagnostics;
using System.Text;

namespace Keepalived.Es.Lab.Framework;

/// <summary>A program that runs in a namespace of the lab until it is told to end. What it prints is kept.</summary>
internal sealed class LabProcess : IDisposable
{
    /// <summary>Lines of a log in a message: a server without its database prints a screenful a second.</summary>
    private const int LinesInMessage = 120;

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly string _title;

    private LabProcess(string title, Process process) => (_title, _process) = (title, process);

    internal int Id => _process.Id;

    internal bool HasEnded => _process.HasExited;

    /// <summary>Valid once it has ended; 128 and the signal's number if one ended it.</summary>
    internal int ExitCode => _process.ExitCode;

    /// <summary>What it has printed so far, to its output and its error.</summary>
    internal string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts a program in a network namespace.</summary>
    internal static LabProcess Start(string title, string networkNamespace, string program, params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo("ip", ["netns", "exec", networkNamespace, program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = new Process { StartInfo = info };
        var started = new LabProcess($"{title}: {Path.GetFileName(program)} {string.Join(' ', arguments)}", process);
        process.OutputDataReceived += started.Keep;
        process.ErrorDataReceived += started.Keep;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    internal void Signal(int signal)
    {
        if (!_process.HasExited)
        {
            Signals.Send(_process.Id, signal);
        }
    }

    /// <summary>SIGKILL to it and all its children at once: nobody resigns, nothing is cleaned up.</summary>
    internal void KillHard()
    {
        if (!_process.HasExited)
        {
            Signals.KillTree(_process.Id);
        }
    }

    public void Dispose()
    {
        KillHard();
        _process.Dispose();
    }

    public override string ToString()
    {
        string[] lines = Log.Split('\n');
        string left = lines.Length > LinesInMessage ? $"({lines.Length - LinesInMessage} lines before)\n" : "";
        return $"--- {_title}\n{left}{string.Join('\n', lines.TakeLast(LinesInMessage))}";
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        }
    }
}
