using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>Options that several kinds of socket share.</summary>
internal static unsafe class SocketSetup
{
    private const ushort BpfReturnConstant = 0x06; // BPF_RET | BPF_K

    /// <summary>SO_BINDTODEVICE: sends and receives on that interface alone. Null: no restriction.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">ENODEV (19): no such interface. EPERM (1): CAP_NET_RAW is missing.</exception>
    internal static void BindToInterface(SafeDescriptor socket, string? interfaceName)
    {
        if (interfaceName is not null)
        {
            LibC.SetOption(socket, LibC.SOL_SOCKET, LibC.SO_BINDTODEVICE, new InterfaceNameBytes(interfaceName), $"SO_BINDTODEVICE {interfaceName}");
        }
    }

    /// <summary>Sizes the receive buffer beyond net.core.rmem_max where CAP_NET_ADMIN allows it, else up to that limit.</summary>
    internal static void SetReceiveBuffer(SafeDescriptor socket, int bytes)
    {
        if (LibC.TrySetOption(socket, LibC.SOL_SOCKET, LibC.SO_RCVBUFFORCE, bytes) != 0)
        {
            LibC.SetOption(socket, LibC.SOL_SOCKET, LibC.SO_RCVBUF, bytes, "SO_RCVBUF");
        }
    }

    /// <summary>Makes the kernel discard what arrives for a socket that only sends: a filter of one instruction, "keep 0 bytes".</summary>
    internal static void DropAllInput(SafeDescriptor socket)
    {
        var keepNothing = new FilterInstruction { Code = BpfReturnConstant };
        var program = new FilterProgram { Length = 1, Instructions = &keepNothing };
        LibC.SetOption(socket, LibC.SOL_SOCKET, LibC.SO_ATTACH_FILTER, program, "SO_ATTACH_FILTER");
    }
}
