using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Bfd;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Bfd;

/// <summary>One session on the loop's thread: its state, and the socket that only sends.</summary>
internal sealed unsafe class BfdSession : IDisposable
{
    private const int NetworkControl = 0xC0;                     // class selector 6
    private readonly InternetAddress4 _neighbor4;
    private readonly InternetAddress6 _neighbor6;
    private SafeDescriptor? _socket;

    /// <param name="discriminator">No other session's.</param>
    /// <param name="port">Source port, 49152 to 65535, the same for the whole life of the session.</param>
    internal BfdSession(BfdInstanceSettings settings, uint discriminator, ushort port)
    {
        (Settings, Config, Port) = (settings, BfdConfig.From(settings, discriminator), port);
        Listener = new BfdListenerKey(!settings.Neighbor.IsIPv4, settings.Multihop);
        if (settings.Neighbor.IsIPv4)
        {
            _neighbor4 = new InternetAddress4(settings.Neighbor, Listener.Port);
        }
        else
        {
            _neighbor6 = new InternetAddress6(settings.Neighbor, scope: 0, Listener.Port);
        }
    }

    /// <summary>What concerns others than the session itself - who hears of it - may change during its life.</summary>
    internal BfdInstanceSettings Settings { get; set; }

    internal BfdConfig Config { get; }

    internal ushort Port { get; }

    internal BfdListenerKey Listener { get; }

    internal BfdState State { get; set; } = BfdState.Initial;

    /// <summary>Its number in the heap of deadlines.</summary>
    internal int Index { get; set; }

    /// <summary>errno of the last packet that could not be sent, which has been reported; 0: the last one was sent.</summary>
    internal int LastError { get; set; }

    internal bool IsUp => State.Session == BfdSessionState.Up;

    /// <summary>How the session is, and why.</summary>
    internal string Note =>
        $"the session with {Settings.Neighbor} is {State.Session}{(IsUp || State.Diagnostic == BfdDiagnostic.None ? "" : $" ({BfdLog.TextOf(State.Diagnostic)})")}";

    /// <summary>Sends one packet. The socket is opened with the first: an address that is not here yet may come later.</summary>
    /// <returns>0, or errno: ENETUNREACH, EADDRNOTAVAIL (source_ip is not an address of this node) …</returns>
    internal int Send(ReadOnlySpan<byte> packet)
    {
        if (_socket is null && Open() is var problem and not 0)
        {
            return problem;
        }

        nint sent;
        fixed (byte* bytes = packet)
        fixed (InternetAddress4* to4 = &_neighbor4)
        fixed (InternetAddress6* to6 = &_neighbor6)
        {
            sent = Listener.IsIPv6
                ? LibC.sendto(_socket!.Number, bytes, (nuint)packet.Length, LibC.MSG_DONTWAIT, to6, (uint)sizeof(InternetAddress6))
                : LibC.sendto(_socket!.Number, bytes, (nuint)packet.Length, LibC.MSG_DONTWAIT, to4, (uint)sizeof(InternetAddress4));
        }

        return sent >= 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    public void Dispose() => _socket?.Dispose();

    private int Open()
    {
        int number = LibC.TryOpenSocket(Listener.IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET, LibC.SOCK_DGRAM, LibC.IPPROTO_UDP);
        if (number < 0)
        {
            return -number;
        }

        var socket = new SafeDescriptor(number);
        int errno = Prepare(socket);
        if (errno != 0)
        {
            socket.Dispose();
            return errno;
        }

        _socket = socket;
        return 0;
    }

    private int Prepare(SafeDescriptor socket)
    {
        SocketSetup.DropAllInput(socket);                        // neighbors answer to the listener's port
        (int level, int hops, int service) = Listener.IsIPv6
            ? (LibC.IPPROTO_IPV6, LibC.IPV6_UNICAST_HOPS, LibC.IPV6_TCLASS)
            : (LibC.IPPROTO_IP, LibC.IP_TTL, LibC.IP_TOS);
        _ = LibC.TrySetOption(socket, level, service, NetworkControl);           // a wish of the network's; without it the packets go all the same
        _ = LibC.TrySetOption(socket, LibC.SOL_SOCKET, LibC.SO_PRIORITY, LibC.TC_PRIO_CONTROL);
        int errno = LibC.TrySetOption(socket, level, hops, (int)Settings.Ttl);
        if (errno != 0)
        {
            return errno;
        }

        return Listener.IsIPv6
            ? LibC.TryBind(socket, new InternetAddress6(Settings.Source, scope: 0, Port))
            : LibC.TryBind(socket, new InternetAddress4(Settings.Source, Port));
    }
}
