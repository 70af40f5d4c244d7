using System.ComponentModel;
using System.Runtime.InteropServices;
using Keepalived.Es.Scripting.Shell.Interop;

namespace Keepalived.Es.Scripting.Shell;

/// <summary>What a program gets as its descriptors 0, 1 and 2.</summary>
internal readonly record struct StandardDescriptors(int Input, int Output, int Error)
{
    /// <summary><c>/dev/null</c>, open for as long as the process lives.</summary>
    internal static int Null { get; } = OpenNull();

    /// <summary>Empty input, and both outputs to <paramref name="output"/>.</summary>
    internal static StandardDescriptors WithOutput(int output) => new(Null, output, output);

    private static int OpenNull()
    {
        int descriptor = LibC.open("/dev/null", LibC.O_RDWR | LibC.O_CLOEXEC, 0);
        return descriptor >= 0 ? descriptor : throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
