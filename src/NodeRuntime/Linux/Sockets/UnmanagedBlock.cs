using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>Zeroed memory outside the collected heap: its address never changes, so the kernel's structs may point into it.</summary>
internal sealed unsafe class UnmanagedBlock : SafeHandle
{
    /// <param name="length">Bytes, at least 1.</param>
    internal UnmanagedBlock(int length) : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)length));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>First byte. Valid until <see cref="IDisposable.Dispose"/>; the owner must stay reachable while it uses it.</summary>
    internal byte* Start => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
