using Microsoft.Win32.SafeHandles;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>One file descriptor, closed once: on <see cref="IDisposable.Dispose"/>, else by the finalizer.</summary>
internal sealed class SafeDescriptor : SafeHandleMinusOneIsInvalid
{
    internal SafeDescriptor(int descriptor) : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The number, for system calls of the thread that owns the object. Valid until <see cref="IDisposable.Dispose"/>.</summary>
    internal int Number => (int)handle;

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
