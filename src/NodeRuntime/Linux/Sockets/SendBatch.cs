using System.Runtime.InteropServices;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Sockets;

/// <summary>
/// Datagrams for one socket that leave with one sendmmsg(2). Filled, flushed and cleared by one thread; allocates nothing after construction.
/// </summary>
internal sealed unsafe class SendBatch : IDisposable
{
    /// <summary>Room for the largest socket address that we send to, struct sockaddr_in6.</summary>
    private const int AddressBytes = 32;

    private readonly UnmanagedBlock _memory;
    private readonly int[] _errors;
    private readonly int _payloadLimit;
    private readonly MultiMessageHeader* _headers;
    private readonly IoVector* _vectors;
    private readonly byte* _addresses;
    private readonly byte* _payloads;
    private bool _reserved;

    /// <param name="capacity">Datagrams, 1 to 1024 (the kernel takes no more in one call).</param>
    /// <param name="payloadLimit">Bytes of the largest datagram, 1 to 65,535.</param>
    internal SendBatch(int capacity, int payloadLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(payloadLimit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLimit, ushort.MaxValue);
        _payloadLimit = payloadLimit;
        _errors = new int[capacity];
        _memory = new UnmanagedBlock(capacity * (sizeof(MultiMessageHeader) + sizeof(IoVector) + AddressBytes + payloadLimit));
        _headers = (MultiMessageHeader*)_memory.Start;
        _vectors = (IoVector*)(_headers + capacity);
        _addresses = (byte*)(_vectors + capacity);
        _payloads = _addresses + (capacity * AddressBytes);
        for (int i = 0; i < capacity; i++)
        {
            _vectors[i].Base = _payloads + ((long)i * payloadLimit);
            _headers[i].Header.Name = _addresses + (i * AddressBytes);
            _headers[i].Header.Vectors = _vectors + i;
            _headers[i].Header.VectorCount = 1;
        }
    }

    internal int Capacity => _errors.Length;

    /// <summary>Datagrams added since the last <see cref="Clear"/>.</summary>
    internal int Count { get; private set; }

    internal bool IsFull => Count == Capacity;

    /// <summary>After <see cref="Flush(SafeDescriptor)"/>: for each datagram 0, or the errno that sending it met.</summary>
    internal ReadOnlySpan<int> Errors => _errors.AsSpan(0, Count);

    /// <summary>Opens the next place. <see cref="Commit"/> makes it part of the batch.</summary>
    /// <param name="destination">A socket address as the kernel defines it: <see cref="InternetAddress4"/>, <see cref="PacketAddress"/> …</param>
    /// <param name="payload">Where to write the datagram; holds old bytes.</param>
    /// <returns>False when the batch is full.</returns>
    internal bool TryReserve<T>(scoped in T destination, out Span<byte> payload) where T : unmanaged
    {
        if (IsFull)
        {
            payload = default;
            return false;
        }

        MemoryMarshal.Write(new Span<byte>(_headers[Count].Header.Name, AddressBytes), in destination);
        _headers[Count].Header.NameLength = (uint)sizeof(T);
        payload = new Span<byte>(_vectors[Count].Base, _payloadLimit);
        _reserved = true;
        return true;
    }

    /// <summary>Adds the reserved datagram.</summary>
    /// <param name="length">Bytes written to the payload.</param>
    /// <exception cref="InvalidOperationException">Nothing is reserved.</exception>
    internal void Commit(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _payloadLimit);
        if (!_reserved)
        {
            throw new InvalidOperationException("no datagram is reserved");
        }

        _vectors[Count].Length = (nuint)length;
        _errors[Count] = 0;
        _reserved = false;
        Count++;
    }

    /// <summary>Reserves, copies and commits.</summary>
    /// <returns>False when the batch is full.</returns>
    /// <exception cref="ArgumentException"><paramref name="payload"/> is longer than the batch's limit.</exception>
    internal bool TryAdd<T>(scoped in T destination, ReadOnlySpan<byte> payload) where T : unmanaged
    {
        if (!TryReserve(in destination, out Span<byte> place))
        {
            return false;
        }

        payload.CopyTo(place);
        Commit(payload.Length);
        return true;
    }

    /// <summary>Sends every datagram once, in order; one that fails does not hold up the rest. See <see cref="Errors"/>.</summary>
    /// <returns>Datagrams that failed.</returns>
    internal int Flush(SafeDescriptor socket)
    {
        int failed = 0;
        int next = 0;
        while (next < Count)
        {
            // The kernel stops at the first failure and reports it only when nothing was sent before it in the same call.
            int sent = LibC.sendmmsg(socket.Number, _headers + next, (uint)(Count - next), LibC.MSG_DONTWAIT);
            if (sent > 0)
            {
                next += sent;
                continue;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EINTR)
            {
                _errors[next++] = errno;
                failed++;
            }
        }

        GC.KeepAlive(_memory);
        return failed;
    }

    /// <summary>Empties the batch.</summary>
    internal void Clear()
    {
        Count = 0;
        _reserved = false;
    }

    public void Dispose() => _memory.Dispose();
}
