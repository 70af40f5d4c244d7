using Keepalived.Es.NodeRuntime.Linux.Interop;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Netlink;

/// <summary>
/// Asks the kernel for links and addresses and changes addresses and routes. Blocks until the kernel has answered: microseconds for a command,
/// milliseconds when another program holds the kernel's configuration lock. Used by one thread.
/// </summary>
internal sealed class RouteSocket : IDisposable
{
    /// <summary>Commands in one system call; as many answers fit the receive buffer.</summary>
    private const int ChunkCommands = 64;

    private const int ReceiveBufferBytes = 1024 * 1024;

    /// <summary>The kernel builds dump datagrams of up to 32 KiB.</summary>
    private const int DatagramBytes = 64 * 1024;

    private const int DumpAttempts = 5;
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(2);

    private readonly NetlinkSocket _socket;
    private readonly byte[] _request = new byte[ChunkCommands * RouteMessages.LargestBytes];
    private readonly byte[] _answer = new byte[DatagramBytes];
    private readonly RouteBatch _single = new();
    private uint _sequence;
    private bool _marksOrigin = true;

    /// <summary>Opens the socket in the network namespace of the calling thread.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">No descriptor is left, or the kernel is older than 4.20.</exception>
    internal RouteSocket() => _socket = NetlinkSocket.ForRequests(ReceiveBufferBytes, _answerLimit);

    /// <summary>Every interface.</summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 2 s.</exception>
    internal List<LinkInfo> DumpLinks()
    {
        List<LinkInfo> links = [];
        Dump(RTM_GETLINK, "list the interfaces", links.Clear, (payload) =>
        {
            if (RouteParser.TryReadLink(payload, out LinkInfo link))
            {
                links.Add(link);
            }
        });
        return links;
    }

    /// <summary>Every IPv4 and IPv6 address, in the kernel's order: the primary addresses of an interface first.</summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 2 s.</exception>
    internal List<AddressInfo> DumpAddresses()
    {
        List<AddressInfo> addresses = [];
        Dump(RTM_GETADDR, "list the addresses", addresses.Clear, (payload) =>
        {
            if (RouteParser.TryReadAddress(payload, out AddressInfo address))
            {
                addresses.Add(address);
            }
        });
        return addresses;
    }

    /// <summary>Puts one address on its interface.</summary>
    /// <exception cref="NetlinkException">The kernel refused: EPERM (CAP_NET_ADMIN is missing), ENODEV, EINVAL …</exception>
    internal RouteOutcome AddAddress(in AddressSpec address)
    {
        _single.Clear();
        _single.AddAddress(in address);
        return ExecuteSingle();
    }

    /// <summary>Takes one address off. An IPv4 address that is the first of its subnet takes the secondary ones with it, unless <c>promote_secondaries</c> is set.</summary>
    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal RouteOutcome RemoveAddress(in AddressSpec address)
    {
        _single.Clear();
        _single.RemoveAddress(in address);
        return ExecuteSingle();
    }

    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal RouteOutcome AddRoute(in RouteSpec route)
    {
        _single.Clear();
        _single.AddRoute(in route);
        return ExecuteSingle();
    }

    /// <exception cref="NetlinkException">The kernel refused.</exception>
    internal RouteOutcome RemoveRoute(in RouteSpec route)
    {
        _single.Clear();
        _single.RemoveRoute(in route);
        return ExecuteSingle();
    }

    /// <summary>Executes every command in order; one that fails does not hold up the rest. The answers are in the batch.</summary>
    /// <returns>Commands that failed; "already there" and "already gone" are not failures.</returns>
    internal int Execute(RouteBatch batch)
    {
        for (int start = 0; start < batch.Count; start += ChunkCommands)
        {
            Exchange(batch, start, Math.Min(ChunkCommands, batch.Count - start));
        }

        int failed = 0;
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i] is { Errno: Errno.EINVAL, Operation: RouteOperation.AddAddress } && _marksOrigin)
            {
                RetryWithoutOrigin(batch, i);
            }

            failed += batch[i].Outcome == RouteOutcome.Failed ? 1 : 0;
        }

        return failed;
    }

    public void Dispose() => _socket.Dispose();

    private RouteOutcome ExecuteSingle()
    {
        Execute(_single);
        RouteResult result = _single[0];
        return result.Outcome != RouteOutcome.Failed
            ? result.Outcome
            : throw new NetlinkException(result.Errno, result.KernelText, _single.Describe(0));
    }

    /// <summary>A kernel before 5.18 refuses IFA_PROTO with EINVAL. When the address goes in without, the mark is left out from then on.</summary>
    private void RetryWithoutOrigin(RouteBatch batch, int index)
    {
        RouteResult first = batch[index];
        _marksOrigin = false;
        Exchange(batch, index, 1);
        if (batch[index].Errno == Errno.EINVAL)
        {
            _marksOrigin = true;
            batch.SetResult(index, first.Errno, first.KernelText);
        }
    }

    private void Exchange(RouteBatch batch, int start, int count)
    {
        var writer = new NetlinkWriter(_request);
        uint firstSequence = _sequence + 1;
        for (int i = 0; i < count; i++)
        {
            batch.SetResult(start + i, Errno.ETIMEDOUT, null);
            batch.Write(start + i, ref writer, _marksOrigin, ++_sequence);
        }

        int errno = _socket.Send(writer.Written);
        if (errno != 0)
        {
            for (int i = 0; i < count; i++)
            {
                batch.SetResult(start + i, errno, null);
            }

            return;
        }

        CollectAnswers(batch, start, count, firstSequence);
    }

    private void CollectAnswers(RouteBatch batch, int start, int count, uint firstSequence)
    {
        int missing = count;
        while (missing > 0)
        {
            int length = _socket.Receive(_answer, out int errno);
            if (errno != 0)
            {
                return; // what is missing stays ETIMEDOUT
            }

            var reader = new NetlinkReader(_answer.AsSpan(0, length));
            while (reader.MoveNext())
            {
                uint offset = reader.Sequence - firstSequence;
                if (reader.Type == NLMSG_ERROR && offset < (uint)count)
                {
                    string? text = RouteParser.ReadAcknowledgement(reader.Payload, reader.Flags, out int result);
                    batch.SetResult(start + (int)offset, result, text);
                    missing--;
                }
            }
        }
    }

    private void Dump(ushort type, string attempted, Action restart, NetlinkPayloadReader read)
    {
        for (int attempt = 0; attempt < DumpAttempts; attempt++)
        {
            restart();
            var writer = new NetlinkWriter(_request);
            RouteMessages.WriteDump(ref writer, type, ++_sequence);
            int errno = _socket.Send(writer.Written);
            if (errno != 0)
            {
                throw new NetlinkException(errno, null, attempted);
            }

            if (NetlinkAnswer.Read(_socket, _answer, _sequence, attempted, read))
            {
                return;
            }
        }

        throw new NetlinkException(Errno.EAGAIN, $"it changed during {DumpAttempts} attempts", attempted);
    }
}
