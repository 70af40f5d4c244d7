using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <content>Datagrams on their way to a session.</content>
internal sealed partial class BfdLoop
{
    /// <summary>Between two messages about packets discarded for one reason.</summary>
    private static readonly TimeSpan RejectionInterval = TimeSpan.FromSeconds(10);

    private static readonly int Reasons = Enum.GetValues<BfdRejection>().Length;

    private readonly long[] _rejected = new long[Reasons];
    private readonly TimeSpan[] _rejectedReported = [.. Enumerable.Repeat(TimeSpan.MinValue, Reasons)];

    private void Read(BfdListener listener, TimeSpan now)
    {
        for (int read = 0; read < ReadsMaximum; read++)
        {
            int count = listener.Receive(_received);
            for (int i = 0; i < count; i++)
            {
                Take(listener, _received[i], now);
            }

            if (count < _received.Capacity)
            {
                return;
            }
        }
    }

    private void Take(BfdListener listener, in ReceivedDatagram datagram, TimeSpan now)
    {
        BfdRejection rejection = BfdPacketCodec.TryDecode(datagram.Payload, out BfdPacket packet);
        BfdSession? session = null;
        if (rejection == BfdRejection.None)
        {
            session = Find(listener.Key, in packet, in datagram);
            rejection = session is null
                ? packet.YourDiscriminator == 0 ? BfdRejection.UnknownNeighbor : BfdRejection.UnknownDiscriminator
                : IsTooFar(session, datagram.Ttl) ? BfdRejection.TooManyHops : BfdRejection.None;
        }

        if (rejection != BfdRejection.None)
        {
            Reject(rejection, datagram.Source, now);
            return;
        }

        Step(session!, new BfdInput(BfdInputKind.PacketReceived, _random.NextDouble(), packet), now);
    }

    /// <summary>By our discriminator, else by who sent it (RFC 5880 section 6.3).</summary>
    private BfdSession? Find(BfdListenerKey listener, in BfdPacket packet, in ReceivedDatagram datagram)
    {
        BfdSession? session;
        bool found = packet.YourDiscriminator != 0
            ? _byDiscriminator.TryGetValue(packet.YourDiscriminator, out session)
            : _byPair.TryGetValue((datagram.Source, datagram.Destination), out session) || _byPair.TryGetValue((datagram.Source, RouterAddress.None), out session);
        return found && session!.Listener == listener ? session : null;
    }

    private static bool IsTooFar(BfdSession session, byte ttl) =>
        session.Settings.MaximumHops != byte.MaxValue && ttl < session.Settings.Ttl - session.Settings.MaximumHops;

    private void Reject(BfdRejection reason, RouterAddress from, TimeSpan now)
    {
        int index = (int)reason;
        _rejected[index]++;
        if (_rejectedReported[index] != TimeSpan.MinValue && now - _rejectedReported[index] < RejectionInterval)
        {
            return;
        }

        BfdLog.Rejected(reason, _rejected[index], from.ToString());
        (_rejected[index], _rejectedReported[index]) = (0, now);
    }
}
