using System.Buffers.Binary;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>Takes what follows the header of one message.</summary>
internal delegate void NetlinkPayloadReader(ReadOnlySpan<byte> payload);

/// <summary>Reads the answer to one request: messages up to the one that ends it, an acknowledgement or the end of a list.</summary>
internal static class NetlinkAnswer
{
    internal enum Progress : byte
    {
        /// <summary>More is to come.</summary>
        Open,
        Complete,

        /// <summary>Complete, but the kernel's list changed meanwhile, so that it may be torn.</summary>
        Torn,
    }

    /// <summary>Receives until the answer is complete.</summary>
    /// <param name="answer">Room for one datagram, 64 KiB.</param>
    /// <param name="attempted">What was asked, for the exception.</param>
    /// <returns>False when the kernel's list changed meanwhile, so that it may be torn.</returns>
    /// <exception cref="NetlinkException">The kernel refused, or did not answer within the socket's limit (ETIMEDOUT).</exception>
    internal static bool Read(NetlinkSocket socket, byte[] answer, uint sequence, string attempted, NetlinkPayloadReader read)
    {
        bool torn = false;
        while (true)
        {
            int length = socket.Receive(answer, out int errno);
            if (errno != 0)
            {
                throw new NetlinkException(errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno, null, attempted);
            }

            if (Take(answer.AsSpan(0, length), sequence, attempted, read, ref torn) != Progress.Open)
            {
                return !torn;
            }
        }
    }

    /// <summary>Takes one datagram; any bytes are allowed. Messages of other requests are passed over.</summary>
    /// <param name="torn">Becomes true with the first message that says so; the caller keeps it from one datagram to the next.</param>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal static Progress Take(
        ReadOnlySpan<byte> datagram, uint sequence, string attempted, NetlinkPayloadReader read, ref bool torn)
    {
        var reader = new NetlinkReader(datagram);
        while (reader.MoveNext())
        {
            if (reader.Sequence != sequence)
            {
                continue;
            }

            torn |= (reader.Flags & NLM_F_DUMP_INTR) != 0;
            switch (reader.Type)
            {
                case NLMSG_DONE:
                    int ended = reader.Payload.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(reader.Payload) : 0;
                    return ended >= 0 ? Completed(torn) : throw new NetlinkException(unchecked(-ended), null, attempted);
                case NLMSG_ERROR:
                    string? text = RouteParser.ReadAcknowledgement(reader.Payload, reader.Flags, out int errno);
                    return errno == 0 ? Completed(torn) : throw new NetlinkException(errno, text, attempted);
                default:
                    read(reader.Payload);
                    break;
            }
        }

        return Progress.Open;
    }

    private static Progress Completed(bool torn) => torn ? Progress.Torn : Progress.Complete;
}
