using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>How a process ended, waitid(2).</summary>
/// <param name="ExitCode">0 to 255; null if a signal ended it.</param>
/// <param name="Signal">The signal; null if it ended by itself.</param>
internal readonly record struct WaitStatus(int? ExitCode, int? Signal)
{
    private const int SignalInfoBytes = 128;                     // siginfo_t
    private const int CodeOffset = 8;                            // si_code
    private const int PidOffset = 12;                            // si_pid
    private const int StatusOffset = 24;                         // si_status
    private const int CLD_EXITED = 1;

    /// <summary>Whether a child of ours has ended, reaped or not. Does not wait.</summary>
    internal static unsafe bool HasEnded(int id)
    {
        byte* info = stackalloc byte[SignalInfoBytes];
        *(int*)(info + PidOffset) = 0;
        return LibC.waitid(LibC.P_PID, id, info, LibC.WEXITED | LibC.WNOHANG | LibC.WNOWAIT) != 0 || *(int*)(info + PidOffset) != 0;
    }

    /// <summary>Waits for the end of a child of ours.</summary>
    /// <param name="reap">False: leaves it a zombie, so that its number stays its own.</param>
    internal static unsafe WaitStatus Read(int id, bool reap)
    {
        byte* info = stackalloc byte[SignalInfoBytes];
        int result;
        do
        {
            result = LibC.waitid(LibC.P_PID, id, info, LibC.WEXITED | (reap ? 0 : LibC.WNOWAIT));
        }
        while (result != 0 && Marshal.GetLastPInvokeError() == LibC.EINTR);
        if (result != 0)
        {
            return default;                                      // somebody else has taken it
        }

        int status = *(int*)(info + StatusOffset);
        return *(int*)(info + CodeOffset) == CLD_EXITED ? new WaitStatus(status, null) : new WaitStatus(null, status);
    }
}
