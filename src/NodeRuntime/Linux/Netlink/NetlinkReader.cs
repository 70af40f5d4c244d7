using System.Buffers.Binary;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>Walks the messages of one netlink datagram. Any bytes are allowed: it stops at the first length that does not fit.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    internal ushort Type { get; private set; }

    internal ushort Flags { get; private set; }

    internal uint Sequence { get; private set; }

    /// <summary>What follows the header.</summary>
    internal ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Steps to the next message.</summary>
    internal bool MoveNext()
    {
        if (_rest.Length < NetlinkWriter.HeaderBytes)
        {
            return false;
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length < NetlinkWriter.HeaderBytes || length > (uint)_rest.Length)
        {
            return false;
        }

        Type = BinaryPrimitives.ReadUInt16LittleEndian(_rest[4..]);
        Flags = BinaryPrimitives.ReadUInt16LittleEndian(_rest[6..]);
        Sequence = BinaryPrimitives.ReadUInt32LittleEndian(_rest[8..]);
        Payload = _rest[NetlinkWriter.HeaderBytes..(int)length];
        _rest = _rest[Math.Min(NetlinkWriter.Align((int)length), _rest.Length)..];
        return true;
    }
}

/// <summary>Walks a run of attributes. Any bytes are allowed: it stops at the first length that does not fit.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const ushort TypeMask = 0x3FFF; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER

    private ReadOnlySpan<byte> _rest = attributes;

    internal ushort Type { get; private set; }

    internal ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The value as a number in host order; 0 when it is shorter than four bytes.</summary>
    internal readonly uint UInt32 => Value.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(Value) : 0;

    /// <summary>The value as a number in host order; 0 when it is shorter than eight bytes.</summary>
    internal readonly ulong UInt64 => Value.Length >= 8 ? BinaryPrimitives.ReadUInt64LittleEndian(Value) : 0;

    /// <summary>The value as a number in host order; 0 when it is shorter than two bytes.</summary>
    internal readonly ushort UInt16 => Value.Length >= 2 ? BinaryPrimitives.ReadUInt16LittleEndian(Value) : (ushort)0;

    /// <summary>The value as a port, which is in network order; 0 when it is shorter than two bytes.</summary>
    internal readonly ushort Port => Value.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Value) : (ushort)0;

    /// <summary>The value as text without its terminating zero.</summary>
    internal readonly string Text => System.Text.Encoding.UTF8.GetString(Value.TrimEnd((byte)0));

    /// <summary>Steps to the next attribute.</summary>
    internal bool MoveNext()
    {
        if (_rest.Length < 4)
        {
            return false;
        }

        ushort length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < 4 || length > _rest.Length)
        {
            return false;
        }

        Type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & TypeMask);
        Value = _rest[4..length];
        _rest = _rest[Math.Min(NetlinkWriter.Align(length), _rest.Length)..];
        return true;
    }
}
