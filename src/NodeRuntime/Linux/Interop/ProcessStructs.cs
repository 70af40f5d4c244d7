using System.Runtime.InteropServices;

namespace Keepalived.Es.NodeRuntime.Linux.Interop;

/// <summary>struct rlimit64, getrlimit(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal struct ResourceLimit
{
    [FieldOffset(0)] internal ulong Soft; // rlim_cur
    [FieldOffset(8)] internal ulong Hard; // rlim_max
}

/// <summary>struct __user_cap_header_struct, capget(2).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
internal struct CapabilityHeader
{
    [FieldOffset(0)] internal uint Version; // version
    [FieldOffset(4)] internal int Process;  // pid; 0: the calling thread
}

/// <summary>Two of struct __user_cap_data_struct: version 3 splits each set of 64 bits over them.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal struct CapabilityData
{
    [FieldOffset(0)] internal uint EffectiveLow;     // [0].effective
    [FieldOffset(4)] internal uint PermittedLow;     // [0].permitted
    [FieldOffset(8)] internal uint InheritableLow;   // [0].inheritable
    [FieldOffset(12)] internal uint EffectiveHigh;   // [1].effective
    [FieldOffset(16)] internal uint PermittedHigh;   // [1].permitted
    [FieldOffset(20)] internal uint InheritableHigh; // [1].inheritable
}
