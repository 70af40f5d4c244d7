using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Keepalived.Es.Domain.Vrrp;

/// <summary>
/// The primary address of a VRRP router, IPv4 or IPv6, as a number: VRRP decides between equal priorities by numeric comparison
/// (RFC 9568 section 6.4.3). IPv4 uses the low 32 bits. <see cref="None"/> means "no address".
/// </summary>
/// <param name="High">The upper 64 bits in host order; 0 for IPv4.</param>
/// <param name="Low">The lower 64 bits.</param>
/// <remarks>Two numbers and not one UInt128: code over that type cannot be compiled ahead of time, and the first fail-over would pay for it.</remarks>
[JsonConverter(typeof(RouterAddressJsonConverter))]
public readonly record struct RouterAddress(ulong High, ulong Low) : IComparable<RouterAddress>
{
    public static readonly RouterAddress None;

    /// <summary>An IPv4 address from its 32 bits in host order.</summary>
    public RouterAddress(uint address)
        : this(0, address)
    {
    }

    public bool IsIPv4 => High == 0 && Low <= uint.MaxValue;

    /// <summary>The 32 bits of an IPv4 address in host order; of an IPv6 address the last 32.</summary>
    public uint IPv4 => (uint)Low;

    /// <summary>224.0.0.0/4.</summary>
    public bool IsMulticast4 => IsIPv4 && IPv4 >> 28 == 0xE;

    public static RouterAddress FromIPv4(ReadOnlySpan<byte> networkOrder) => new(BinaryPrimitives.ReadUInt32BigEndian(networkOrder));

    /// <param name="networkOrder">Sixteen bytes.</param>
    public static RouterAddress FromIPv6(ReadOnlySpan<byte> networkOrder) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(networkOrder), BinaryPrimitives.ReadUInt64BigEndian(networkOrder[8..]));

    /// <summary>Reads dotted-quad IPv4 or IPv6 text.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not an address.</exception>
    public static RouterAddress Parse(string text) =>
        IPAddress.TryParse(text, out IPAddress? address)
            ? FromIPAddress(address)
            : throw new FormatException($"'{text}' is not an IPv4 or IPv6 address");

    public static RouterAddress FromIPAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return length == 4 ? FromIPv4(bytes) : FromIPv6(bytes);
    }

    /// <summary>Writes the four bytes of an IPv4 address in network order.</summary>
    /// <exception cref="InvalidOperationException">This is an IPv6 address.</exception>
    public void WriteIPv4(Span<byte> destination)
    {
        if (!IsIPv4)
        {
            throw new InvalidOperationException($"{this} is not an IPv4 address");
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, IPv4);
    }

    /// <summary>Writes the sixteen bytes of an address in network order.</summary>
    public void WriteIPv6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        if (IsIPv4)
        {
            WriteIPv4(bytes);
            return new IPAddress(bytes[..4]);
        }

        WriteIPv6(bytes);
        return new IPAddress(bytes);
    }

    public int CompareTo(RouterAddress other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public static bool operator <(RouterAddress left, RouterAddress right) => left.CompareTo(right) < 0;

    public static bool operator >(RouterAddress left, RouterAddress right) => left.CompareTo(right) > 0;

    public static bool operator <=(RouterAddress left, RouterAddress right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RouterAddress left, RouterAddress right) => left.CompareTo(right) >= 0;

    public override string ToString() => this == None ? "none" : ToIPAddress().ToString();
}

/// <summary>An address as its text; <see cref="RouterAddress.None"/> as an empty string.</summary>
public sealed class RouterAddressJsonConverter : JsonConverter<RouterAddress>
{
    public override RouterAddress Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        string text = reader.GetString() ?? "";
        return text.Length == 0 ? RouterAddress.None : RouterAddress.Parse(text);
    }

    public override void Write(Utf8JsonWriter writer, RouterAddress value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value == RouterAddress.None ? "" : value.ToString());
    }
}
