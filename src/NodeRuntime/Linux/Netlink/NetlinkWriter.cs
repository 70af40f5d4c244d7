using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>
/// Writes netlink messages one after the other into a caller's buffer. Messages and nested attributes are scopes that patch their length when
/// they are disposed. A buffer that is too small is our own defect: <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
internal ref struct NetlinkWriter(Span<byte> buffer)
{
    internal const int HeaderBytes = 16;
    internal const ushort NestedFlag = 0x8000; // NLA_F_NESTED

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What has been written so far.</summary>
    internal readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Opens a message: struct nlmsghdr.</summary>
    [UnscopedRef]
    internal Scope Message(ushort type, ushort flags, uint sequence)
    {
        Span<byte> header = Take(HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], sequence);
        return new Scope(ref _length, _buffer, _length - HeaderBytes, isMessage: true);
    }

    /// <summary>Opens an attribute that holds attributes.</summary>
    [UnscopedRef]
    internal Scope Nested(ushort type)
    {
        Span<byte> header = Take(4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)(type | NestedFlag));
        return new Scope(ref _length, _buffer, _length - 4, isMessage: false);
    }

    /// <summary>Writes the fixed part of a message.</summary>
    internal void Fixed<T>(scoped in T value) where T : unmanaged => MemoryMarshal.Write(Take(Align(Unsafe.SizeOf<T>())), in value);

    internal void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> whole = Take(Align(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(whole, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(whole[2..], type);
        value.CopyTo(whole[4..]);
    }

    internal void Attribute(ushort type, byte value) => Attribute(type, [value]);

    internal void Attribute(ushort type, ushort value) => Attribute(type, [(byte)value, (byte)(value >> 8)]);

    /// <summary>A port, in network order.</summary>
    internal void PortAttribute(ushort type, ushort port) => Attribute(type, [(byte)(port >> 8), (byte)port]);

    internal void Attribute(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Attribute(type, bytes);
    }

    /// <summary>Four or sixteen bytes in network order.</summary>
    internal void Attribute(ushort type, RouterAddress address, bool isIPv6)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteIPv6(bytes);
        Attribute(type, isIPv6 ? bytes : bytes[12..]);
    }

    /// <summary>UTF-8 with a terminating zero; at most 63 bytes.</summary>
    internal void Attribute(ushort type, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        int length = Encoding.UTF8.GetBytes(text, bytes[..^1]);
        bytes[length] = 0;
        Attribute(type, bytes[..(length + 1)]);
    }

    internal static int Align(int length) => (length + 3) & ~3;

    private Span<byte> Take(int length)
    {
        Span<byte> place = _buffer.Slice(_length, length);
        place.Clear();
        _length += length;
        return place;
    }

    /// <summary>An open message or nested attribute; <see cref="Dispose"/> writes its length into its header.</summary>
    internal readonly ref struct Scope
    {
        private readonly ref int _position;
        private readonly Span<byte> _buffer;
        private readonly int _start;
        private readonly bool _isMessage;

        internal Scope(ref int position, Span<byte> buffer, int start, bool isMessage)
        {
            _position = ref position;
            _buffer = buffer;
            _start = start;
            _isMessage = isMessage;
        }

        public void Dispose()
        {
            int length = _position - _start;
            if (_isMessage)
            {
                BinaryPrimitives.WriteInt32LittleEndian(_buffer[_start..], length);
            }
            else
            {
                BinaryPrimitives.WriteUInt16LittleEndian(_buffer[_start..], (ushort)length);
            }
        }
    }
}
