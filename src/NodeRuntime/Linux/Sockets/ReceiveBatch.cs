using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>Datagrams taken from a raw or UDP socket with one recvmmsg(2). Used by one thread; allocates nothing after construction.</summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    internal const int DefaultCapacity = 64;

    /// <summary>A packet of VRRP version 3 with 255 IPv6 addresses takes 4,088 bytes.</summary>
    internal const int DefaultDatagramLimit = 4352;

    private const int AddressBytes = 32;
    private const int ControlBytes = 128;

    private readonly UnmanagedBlock _memory;
    private readonly int _datagramLimit;
    private readonly MultiMessageHeader* _headers;
    private readonly IoVector* _vectors;
    private readonly byte* _addresses;
    private readonly byte* _controls;
    private readonly byte* _datagrams;
    private int _family;
    private bool _isUdp;

    /// <param name="capacity">Datagrams taken at once, 1 to 1024.</param>
    /// <param name="datagramLimit">Bytes kept of each, IPv4 header included, 64 to 65,535; a longer one is marked as truncated.</param>
    internal ReceiveBatch(int capacity = DefaultCapacity, int datagramLimit = DefaultDatagramLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(datagramLimit, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(datagramLimit, ushort.MaxValue);
        Capacity = capacity;
        _datagramLimit = datagramLimit;
        _memory = new UnmanagedBlock(capacity * (sizeof(MultiMessageHeader) + sizeof(IoVector) + AddressBytes + ControlBytes + datagramLimit));
        _headers = (MultiMessageHeader*)_memory.Start;
        _vectors = (IoVector*)(_headers + capacity);
        _addresses = (byte*)(_vectors + capacity);
        _controls = _addresses + (capacity * AddressBytes);
        _datagrams = _controls + (capacity * ControlBytes);
        for (int i = 0; i < capacity; i++)
        {
            _vectors[i].Base = _datagrams + ((long)i * datagramLimit);
            _vectors[i].Length = (nuint)datagramLimit;
            _headers[i].Header.Name = _addresses + (i * AddressBytes);
            _headers[i].Header.Vectors = _vectors + i;
            _headers[i].Header.VectorCount = 1;
            _headers[i].Header.Control = _controls + (i * ControlBytes);
            Prepare(i);
        }
    }

    internal int Capacity { get; }

    /// <summary>Datagrams of the last <see cref="Receive"/>.</summary>
    internal int Count { get; private set; }

    /// <summary>Why the last <see cref="Receive"/> took nothing: 0 when nothing was waiting, else errno (ENETDOWN …).</summary>
    internal int LastError { get; private set; }

    /// <summary>One datagram of the last <see cref="Receive"/>; its spans hold until the next.</summary>
    internal ReceivedDatagram this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            ref MultiMessageHeader message = ref _headers[index];
            var bytes = new ReadOnlySpan<byte>(_vectors[index].Base, (int)Math.Min(message.Length, (uint)_datagramLimit));
            var name = new ReadOnlySpan<byte>(message.Header.Name, (int)Math.Min(message.Header.NameLength, AddressBytes));
            var control = new ReadOnlySpan<byte>(message.Header.Control, (int)Math.Min(message.Header.ControlLength, ControlBytes));
            bool truncated = (message.Header.Flags & LibC.MSG_TRUNC) != 0;
            return _isUdp ? ReceivedDatagram.ReadUdp(_family, bytes, name, control, truncated) : ReceivedDatagram.Read(_family, bytes, name, control, truncated);
        }
    }

    /// <summary>Takes what is waiting, up to <see cref="Capacity"/>, without blocking.</summary>
    /// <returns>Datagrams taken. When it equals <see cref="Capacity"/> more may be waiting.</returns>
    internal int Receive(VrrpReceiveSocket socket) => Take(socket.Descriptor, socket.Family, isUdp: false);

    /// <summary>The same for a UDP socket, whose TTL and destination come beside the datagram (IP_RECVTTL, IP_PKTINFO).</summary>
    internal int ReceiveUdp(SafeDescriptor socket, int family) => Take(socket, family, isUdp: true);

    public void Dispose() => _memory.Dispose();

    private int Take(SafeDescriptor socket, int family, bool isUdp)
    {
        for (int i = 0; i < Count; i++)
        {
            Prepare(i);
        }

        Count = 0;
        LastError = 0;
        (_family, _isUdp) = (family, isUdp);
        int received = LibC.recvmmsg(socket.Number, _headers, (uint)Capacity, LibC.MSG_DONTWAIT, null);
        if (received >= 0)
        {
            Count = received;
        }
        else if (Marshal.GetLastPInvokeError() is int errno and not (Errno.EAGAIN or Errno.EINTR))
        {
            LastError = errno;
        }

        GC.KeepAlive(_memory);
        return Count;
    }

    private void Prepare(int index)
    {
        _headers[index].Header.NameLength = AddressBytes;
        _headers[index].Header.ControlLength = ControlBytes;
        _headers[index].Header.Flags = 0;
    }
}
