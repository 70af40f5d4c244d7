namespace Keepalived.Es.Domain.Health.Protocols;

/// <summary>The judgement of a UDP_CHECK about a datagram.</summary>
public static class UdpReply
{
    /// <summary>Bytes of payload in a datagram, at most.</summary>
    public const int LengthLimit = 65_535;

    /// <summary>Compares with what is wanted, as far as both reach.</summary>
    /// <param name="wanted">Empty: any.</param>
    /// <param name="mask">For each byte of <paramref name="wanted"/> the bits that count.</param>
    /// <returns>What is wrong, in words; null: nothing.</returns>
    public static string? Complaint(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> wanted, ReadOnlySpan<byte> mask, int minimumLength, int maximumLength)
    {
        if (reply.Length < minimumLength || reply.Length > maximumLength)
        {
            return $"reply of {reply.Length} bytes, wanted {minimumLength} to {maximumLength}";
        }

        for (int i = 0; i < Math.Min(reply.Length, wanted.Length); i++)
        {
            byte counts = i < mask.Length ? mask[i] : (byte)0xFF;
            if (((reply[i] ^ wanted[i]) & counts) != 0)
            {
                return $"reply has {reply[i]:X2} at byte {i}, wanted {Digits(wanted[i], counts)}";
            }
        }

        return null;
    }

    /// <summary><c>4X</c>: half bytes that do not count as in the configuration.</summary>
    private static string Digits(byte value, byte mask) => $"{((mask & 0xF0) == 0 ? "X" : $"{value >> 4:X}")}{((mask & 0x0F) == 0 ? "X" : $"{value & 0xF:X}")}";
}
