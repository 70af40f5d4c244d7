using System.Runtime.InteropServices;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>poll(2).</summary>
internal static unsafe partial class LibC
{
    internal const short POLLIN = 0x001;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor                               // struct pollfd
    {
        internal int Descriptor;                                 // fd
        internal short Wanted;                                   // events
        internal short Seen;                                     // revents
    }
}
