using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>struct iovec, readv(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct IoVector
{
    [FieldOffset(0)] internal byte* Base;   // iov_base
    [FieldOffset(8)] internal nuint Length; // iov_len
}

/// <summary>struct msghdr, recvmsg(2), 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal unsafe struct MessageHeader
{
    [FieldOffset(0)] internal byte* Name;           // msg_name
    [FieldOffset(8)] internal uint NameLength;      // msg_namelen
    [FieldOffset(16)] internal IoVector* Vectors;   // msg_iov
    [FieldOffset(24)] internal nuint VectorCount;   // msg_iovlen
    [FieldOffset(32)] internal byte* Control;       // msg_control
    [FieldOffset(40)] internal nuint ControlLength; // msg_controllen
    [FieldOffset(48)] internal int Flags;           // msg_flags
}

/// <summary>struct mmsghdr, recvmmsg(2), 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct MultiMessageHeader
{
    [FieldOffset(0)] internal MessageHeader Header; // msg_hdr
    [FieldOffset(56)] internal uint Length;         // msg_len
}

/// <summary>struct ip_mreqn, ip(7): a group on the interface with this index.</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
internal struct MulticastRequest4
{
    [FieldOffset(0)] internal uint Group;         // imr_multiaddr, network order
    [FieldOffset(4)] internal uint Address;       // imr_address; 0: the index decides
    [FieldOffset(8)] internal int InterfaceIndex; // imr_ifindex
}

/// <summary>struct ipv6_mreq, ipv6(7).</summary>
[StructLayout(LayoutKind.Explicit, Size = 20)]
internal struct MulticastRequest6
{
    [FieldOffset(0)] internal AddressBytes6 Group; // ipv6mr_multiaddr
    [FieldOffset(16)] internal int InterfaceIndex; // ipv6mr_ifindex
}

/// <summary>struct sock_filter, linux/filter.h: one instruction of a classic BPF program.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct FilterInstruction
{
    [FieldOffset(0)] internal ushort Code;    // code
    [FieldOffset(2)] internal byte JumpTrue;  // jt
    [FieldOffset(3)] internal byte JumpFalse; // jf
    [FieldOffset(4)] internal uint Operand;   // k
}

/// <summary>struct sock_fprog, linux/filter.h, 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct FilterProgram
{
    [FieldOffset(0)] internal ushort Length;                  // len
    [FieldOffset(8)] internal FilterInstruction* Instructions; // filter
}

/// <summary>SO_BINDTODEVICE's value: an interface name of up to 15 bytes, zero terminated.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct InterfaceNameBytes
{
    /// <summary>IFNAMSIZ, terminating zero included.</summary>
    internal const int Size = 16;

    [FieldOffset(0)] private ulong _low;
    [FieldOffset(8)] private ulong _high;

    /// <exception cref="ArgumentException"><paramref name="name"/> is not 1 to 15 bytes long.</exception>
    internal InterfaceNameBytes(string name)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        if (name.Length == 0 || !System.Text.Encoding.UTF8.TryGetBytes(name, bytes[..^1], out _))
        {
            throw new ArgumentException($"interface name '{name}' is not 1 to {Size - 1} bytes long", nameof(name));
        }

        _low = MemoryMarshal.Read<ulong>(bytes);
        _high = MemoryMarshal.Read<ulong>(bytes[8..]);
    }
}
