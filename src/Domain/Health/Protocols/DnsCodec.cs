using System.Buffers.Binary;
using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Health.Protocols;

/// <summary>Query and answer of a DNS_CHECK (RFC 1035 section 4).</summary>
public static class DnsCodec
{
    /// <summary>Bytes of a query, at most: header, name of 255 bytes, type and class.</summary>
    public const int QueryLimit = HeaderLength + 255 + 4;

    private const int HeaderLength = 12;
    private const int LabelLimit = 63;
    private const int NameLimit = 255;
    private const ushort RecursionDesired = 0x0100;
    private const ushort Response = 0x8000;
    private const ushort Internet = 1;

    /// <summary>What is wrong with a name, in words; null: nothing (RFC 1035 section 2.3.4).</summary>
    /// <param name="name">ASCII, labels with dots between, a dot at the end or none; empty or a dot: the root.</param>
    public static string? Complaint(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string bare = Bare(name);
        if (bare.Length == 0)
        {
            return null;
        }

        if (bare.AsSpan().IndexOfAnyExceptInRange((char)1, (char)126) >= 0)
        {
            return $"name '{ReplyText.Of(name)}' is not ASCII: write international names in their xn-- form";
        }

        if (bare.Length + 2 > NameLimit)
        {
            return $"name of {bare.Length} characters, allowed {NameLimit - 2}";
        }

        foreach (string label in bare.Split('.'))
        {
            if (label.Length is 0 or > LabelLimit)
            {
                return $"label '{label}' of name '{ReplyText.Of(name)}' has {label.Length} characters, allowed 1 to {LabelLimit}";
            }
        }

        return null;
    }

    /// <summary>Writes a query with one question, recursion desired.</summary>
    /// <param name="destination">At least <see cref="QueryLimit"/> bytes.</param>
    /// <param name="name">One without a <see cref="Complaint"/>.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteQuery(Span<byte> destination, ushort id, string name, DnsType type)
    {
        ArgumentNullException.ThrowIfNull(name);
        destination[..HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination, id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], 1);
        int at = HeaderLength;
        foreach (string label in Bare(name).Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            destination[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, destination[at..]);
        }

        destination[at++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(destination[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(at + 2)..], Internet);
        return at + 4;
    }

    /// <summary>Looks whether a datagram answers a query without error. Records are not looked at: none are asked for by keepalived either.</summary>
    /// <returns>What is wrong, in words; null: nothing.</returns>
    public static string? ReadReply(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> query)
    {
        if (reply.Length < HeaderLength)
        {
            return $"answer of {reply.Length} bytes, a DNS message has {HeaderLength} or more";
        }

        ushort id = BinaryPrimitives.ReadUInt16BigEndian(reply);
        ushort asked = BinaryPrimitives.ReadUInt16BigEndian(query);
        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(reply[2..]);
        if (id != asked)
        {
            return $"answer has the id {id}, the query {asked}";
        }

        if ((flags & Response) == 0)
        {
            return "answer is itself a query";
        }

        if ((flags & 0xF) is var code and not 0)
        {
            return $"answered with the error {CodeName(code)}";
        }

        ushort questions = BinaryPrimitives.ReadUInt16BigEndian(reply[4..]);
        return questions == 0 || EchoesQuestion(reply, query) ? null : "answer is for another question";
    }

    /// <summary>The first question, not compressed, letters of either case (RFC 1035 section 2.3.3).</summary>
    private static bool EchoesQuestion(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> query)
    {
        if (reply.Length < query.Length)
        {
            return false;
        }

        for (int i = HeaderLength; i < query.Length; i++)
        {
            if (Lower(reply[i]) != Lower(query[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    private static string Bare(string name) => name.EndsWith('.') ? name[..^1] : name;

    /// <summary>RFC 1035 section 4.1.1, RFC 2136 section 2.2.</summary>
    private static string CodeName(int code) => code switch
    {
        1 => "FORMERR (1)",
        2 => "SERVFAIL (2)",
        3 => "NXDOMAIN (3)",
        4 => "NOTIMP (4)",
        5 => "REFUSED (5)",
        _ => $"code {code}",
    };
}
