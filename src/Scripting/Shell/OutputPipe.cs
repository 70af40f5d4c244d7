using System.ComponentModel;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>Where a program's output goes: a pipe, whose read end does not block, or <c>/dev/null</c>.</summary>
internal sealed class OutputPipe : IDisposable
{
    private readonly bool _isPipe;
    private int _readEnd;

    private OutputPipe(int readEnd, int writeEnd, bool isPipe) => (_readEnd, WriteEnd, _isPipe) = (readEnd, writeEnd, isPipe);

    /// <summary>For the program.</summary>
    internal int WriteEnd { get; }

    /// <param name="limit">Characters to be kept; 0: <c>/dev/null</c>.</param>
    /// <exception cref="Win32Exception">No descriptor is left.</exception>
    internal static unsafe OutputPipe Open(int limit)
    {
        if (limit == 0)
        {
            return new OutputPipe(-1, StandardDescriptors.Null, isPipe: false);
        }

        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        _ = LibC.fcntl(ends[0], LibC.F_SETFL, LibC.O_NONBLOCK);
        return new OutputPipe(ends[0], ends[1], isPipe: true);
    }

    /// <returns>Ours to close from now on; -1: none.</returns>
    internal int TakeReadEnd()
    {
        int taken = _readEnd;
        _readEnd = -1;
        return taken;
    }

    public void Dispose()
    {
        if (_isPipe)
        {
            _ = LibC.close(WriteEnd);
            if (_readEnd >= 0)
            {
                _ = LibC.close(_readEnd);
            }
        }
    }
}
