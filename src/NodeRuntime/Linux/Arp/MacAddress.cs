namespace Keepalived.Es.NodeRuntime.Linux.Arp;

/// <summary>An Ethernet address.</summary>
/// <param name="Value">Its 48 bits; the first byte on the wire is the highest.</param>
internal readonly record struct MacAddress(ulong Value)
{
    internal const int Length = 6;

    internal static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);

    /// <summary>Reads six bytes in wire order.</summary>
    internal static MacAddress Read(ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        foreach (byte part in bytes[..Length])
        {
            value = (value << 8) | part;
        }

        return new MacAddress(value);
    }

    internal void Write(Span<byte> destination)
    {
        for (int i = 0; i < Length; i++)
        {
            destination[i] = (byte)(Value >> (8 * (Length - 1 - i)));
        }
    }

    /// <summary><c>00:00:5e:00:01:33</c>.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return $"{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}:{bytes[3]:x2}:{bytes[4]:x2}:{bytes[5]:x2}";
    }
}
