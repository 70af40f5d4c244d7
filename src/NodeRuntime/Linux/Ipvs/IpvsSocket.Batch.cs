using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>Many commands in few system calls.</summary>
internal sealed partial class IpvsSocket
{
    /// <summary>Commands in one system call; as many refusals fit the receive buffer.</summary>
    private const int ChunkCommands = 256;

    /// <summary>Executes every command in order; one that fails does not hold up the rest. The answers are in the batch.</summary>
    /// <returns>Commands that failed; "already there" and "already gone" are not failures.</returns>
    internal int Execute(IpvsBatch batch)
    {
        for (int start = 0; start < batch.Count; start += ChunkCommands)
        {
            Exchange(batch, start, Math.Min(ChunkCommands, batch.Count - start));
        }

        int failed = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            failed += batch[i].Outcome == IpvsOutcome.Failed ? 1 : 0;
        }

        return failed;
    }

    /// <summary>
    /// The kernel reports every refusal, and what it did only when asked to. The last command of a chunk asks: its answer tells that all
    /// before it have been executed, and a chunk without refusals costs two system calls.
    /// </summary>
    private void Exchange(IpvsBatch batch, int start, int count)
    {
        var writer = new NetlinkWriter(_request);
        uint firstSequence = _sequence + 1;
        for (int i = 0; i < count; i++)
        {
            ushort flags = (ushort)(i == count - 1 ? NLM_F_REQUEST | NLM_F_ACK : NLM_F_REQUEST);
            batch.Write(start + i, ref writer, _family, flags, ++_sequence);
            batch.SetResult(start + i, 0, null);
        }

        int errno = _socket.Send(writer.Written);
        if (errno == 0)
        {
            errno = CollectRefusals(batch, start, count, firstSequence);
        }

        for (int i = 0; errno != 0 && i < count; i++)
        {
            if (batch[start + i].Errno == 0)
            {
                batch.SetResult(start + i, errno, null);
            }
        }
    }

    /// <returns>0, or why the answers did not all come: what has none is then unknown.</returns>
    private int CollectRefusals(IpvsBatch batch, int start, int count, uint firstSequence)
    {
        while (true)
        {
            int length = _socket.Receive(_answer, out int errno);
            if (errno != 0)
            {
                return errno == Errno.EAGAIN ? Errno.ETIMEDOUT : errno;
            }

            var reader = new NetlinkReader(_answer.AsSpan(0, length));
            while (reader.MoveNext())
            {
                uint offset = reader.Sequence - firstSequence;
                if (reader.Type == NLMSG_ERROR && offset < (uint)count)
                {
                    string? text = RouteParser.ReadAcknowledgement(reader.Payload, reader.Flags, out int result);
                    batch.SetResult(start + (int)offset, result, text);
                    if (offset == count - 1)
                    {
                        return 0;
                    }
                }
            }
        }
    }
}
