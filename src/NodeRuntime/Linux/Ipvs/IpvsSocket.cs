using System.ComponentModel;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.NodeRuntime.Linux.Interop;
using Keepalived.Es.NodeRuntime.Linux.Netlink;
using static Keepalived.Es.NodeRuntime.Linux.Ipvs.IpvsConstants;
using static Keepalived.Es.NodeRuntime.Linux.Netlink.NetlinkConstants;

namespace Keepalived.Es.NodeRuntime.Linux.Ipvs;

/// <summary>
/// Reads and changes the IPVS table of the network namespace in which it was opened. Blocks until the kernel has answered: microseconds for
/// a command, longer for one that loads a module. Used by one thread.
/// </summary>
internal sealed partial class IpvsSocket : IDisposable
{
    private const int ReceiveBufferBytes = 1024 * 1024;

    /// <summary>The kernel builds dump datagrams of up to 32 KiB.</summary>
    private const int DatagramBytes = 64 * 1024;

    /// <summary>The first use of a scheduler loads its module.</summary>
    private static readonly TimeSpan _answerLimit = TimeSpan.FromSeconds(10);

    private readonly NetlinkSocket _socket;
    private readonly byte[] _request = new byte[ChunkCommands * IpvsMessages.LargestBytes];
    private readonly byte[] _answer = new byte[DatagramBytes];
    private uint _sequence;
    private ushort _family;

    private IpvsSocket() => _socket = NetlinkSocket.ForRequests(ReceiveBufferBytes, _answerLimit, NETLINK_GENERIC);

    private delegate void RequestWriter(ref NetlinkWriter writer, in IpvsRequest request);

    internal IpvsVersion Version { get; private set; }

    /// <summary>
    /// Opens the socket in the network namespace of the calling thread. To ask for the family makes the kernel load its module.
    /// </summary>
    /// <param name="problem">Null, or why there is no IPVS and what to do about it, in one line.</param>
    /// <returns>Null when there is a problem.</returns>
    internal static IpvsSocket? TryOpen(out string? problem)
    {
        IpvsSocket? socket = null;
        try
        {
            socket = new IpvsSocket();
            socket._family = socket.ReadFamily();
            socket.Version = socket.ReadVersion();
            problem = null;
            return socket;
        }
        catch (Win32Exception exception)
        {
            socket?.Dispose();
            problem = Explain(exception);
            return null;
        }
    }

    /// <summary>
    /// Every service with its destinations, in the kernel's order. Of others', those with a protocol that we do not know are left out.
    /// </summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 10 s.</exception>
    internal IReadOnlyList<IpvsService> Dump()
    {
        List<IpvsService> services = [];
        Ask("list the services", IPVS_CMD_GET_SERVICE, NLM_F_DUMP, IpvsMessages.WritePlain, payload =>
        {
            if (IpvsParser.TryReadService(payload, out ServiceKey key, out ServiceOptions options, out IpvsStatistics statistics))
            {
                services.Add(new IpvsService(key, options, statistics, []));
            }
        });
        for (int i = 0; i < services.Count; i++)
        {
            services[i] = services[i] with { Destinations = DumpDestinations(services[i].Key) };
        }

        return services;
    }

    /// <summary>Some services with their destinations; those that are not there are left out.</summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 10 s.</exception>
    internal IReadOnlyList<IpvsService> Read(IEnumerable<ServiceKey> wanted)
    {
        List<IpvsService> services = [];
        foreach (ServiceKey service in wanted)
        {
            if (Find(service) is { } found)
            {
                services.Add(found with { Destinations = DumpDestinations(service) });
            }
        }

        return services;
    }

    private IpvsService? Find(ServiceKey service)
    {
        IpvsService? found = null;
        try
        {
            Ask(
                $"read service {service}",
                IPVS_CMD_GET_SERVICE,
                NLM_F_ACK,
                (ref writer, in request) => IpvsMessages.WriteServiceKey(ref writer, in request, in service),
                payload => found = IpvsParser.TryReadService(payload, out ServiceKey key, out ServiceOptions options, out IpvsStatistics statistics)
                    ? new IpvsService(key, options, statistics, [])
                    : found);
        }
        catch (NetlinkException refusal) when (refusal.NativeErrorCode == Errno.ESRCH)
        {
        }

        return found;
    }

    /// <summary>How long the kernel keeps a silent connection.</summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 10 s.</exception>
    internal IpvsTimeouts GetTimeouts()
    {
        IpvsTimeouts? timeouts = null;
        Ask("read the timeouts", IPVS_CMD_GET_CONFIG, NLM_F_ACK, IpvsMessages.WritePlain, payload =>
            timeouts = IpvsParser.TryReadTimeouts(payload, out IpvsTimeouts read) ? read : timeouts);
        return timeouts ?? throw NotUnderstood("read the timeouts");
    }

    /// <summary>Sets those that are given. 0 leaves one as it is: the kernel cannot be told to have none.</summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 10 s.</exception>
    internal void SetTimeouts(LvsTimeouts timeouts) => Ask(
        $"set the timeouts tcp {Given(timeouts.Tcp)} tcpfin {Given(timeouts.TcpFin)} udp {Given(timeouts.Udp)}",
        IPVS_CMD_SET_CONFIG,
        NLM_F_ACK,
        (ref writer, in request) => IpvsMessages.WriteTimeouts(ref writer, in request, timeouts));

    /// <summary>The sync daemons that run: none, one of either role or both.</summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 10 s.</exception>
    internal IReadOnlyList<IpvsDaemon> ListDaemons()
    {
        List<IpvsDaemon> daemons = [];
        Ask("list the sync daemons", IPVS_CMD_GET_DAEMON, NLM_F_DUMP, IpvsMessages.WritePlain, payload =>
        {
            if (IpvsParser.TryReadDaemon(payload, out IpvsDaemon daemon))
            {
                daemons.Add(daemon);
            }
        });
        return daemons;
    }

    /// <summary>Starts the sync daemon of one role. Its interface must be up.</summary>
    /// <returns>Done or AlreadyThere, with whatever settings.</returns>
    /// <exception cref="NetlinkException">
    /// The kernel refused: ENODEV, EINVAL (destinations of another family than their service's) …
    /// </exception>
    internal IpvsOutcome StartDaemon(IpvsDaemonRole role, SyncDaemonSettings settings) => Tolerate(
        IpvsOperation.StartDaemon,
        $"start the sync daemon {Word(role)} on {settings.Interface}",
        IPVS_CMD_NEW_DAEMON,
        (ref writer, in request) => IpvsMessages.WriteDaemon(ref writer, in request, role, settings));

    /// <summary>Stops the sync daemon of one role.</summary>
    /// <returns>Done or AlreadyGone.</returns>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 10 s.</exception>
    internal IpvsOutcome StopDaemon(IpvsDaemonRole role) => Tolerate(
        IpvsOperation.StopDaemon,
        $"stop the sync daemon {Word(role)}",
        IPVS_CMD_DEL_DAEMON,
        (ref writer, in request) => IpvsMessages.WriteDaemon(ref writer, in request, role, settings: null));

    /// <summary>Removes every service, also those of others.</summary>
    /// <exception cref="NetlinkException">The kernel refused or did not answer in 10 s.</exception>
    internal void Flush() => Ask("flush the table", IPVS_CMD_FLUSH, NLM_F_ACK, IpvsMessages.WritePlain);

    /// <summary>Sets the counters of a service and its destinations to 0.</summary>
    /// <param name="service">Null: of all.</param>
    /// <exception cref="NetlinkException">The kernel refused: ESRCH (no such service).</exception>
    internal void Zero(ServiceKey? service = null)
    {
        if (service is { } key)
        {
            Ask(
                $"zero service {key}",
                IPVS_CMD_ZERO,
                NLM_F_ACK,
                (ref writer, in request) => IpvsMessages.WriteServiceKey(ref writer, in request, in key));
        }
        else
        {
            Ask("zero all services", IPVS_CMD_ZERO, NLM_F_ACK, IpvsMessages.WritePlain);
        }
    }

    public void Dispose() => _socket.Dispose();

    private List<IpvsDestination> DumpDestinations(ServiceKey service)
    {
        List<IpvsDestination> destinations = [];
        Ask(
            $"list the destinations of service {service}",
            IPVS_CMD_GET_DEST,
            NLM_F_DUMP,
            (ref writer, in request) => IpvsMessages.WriteServiceKey(ref writer, in request, in service),
            payload =>
            {
                if (IpvsParser.TryReadDestination(payload, service.IsIPv6, out IpvsDestination destination))
                {
                    destinations.Add(destination);
                }
            });
        return destinations;
    }

    private ushort ReadFamily()
    {
        const string Attempted = "ask for the generic netlink family IPVS";
        ushort family = 0;
        Ask(
            Attempted,
            0,
            NLM_F_ACK,
            (ref writer, in request) => IpvsMessages.WriteFamilyRequest(ref writer, IPVS_GENL_NAME, request.Sequence),
            payload => family = IpvsParser.TryReadFamily(payload, out ushort read) ? read : family);
        return family != 0 ? family : throw NotUnderstood(Attempted);
    }

    private IpvsVersion ReadVersion()
    {
        const string Attempted = "ask for the version of IPVS";
        IpvsVersion? version = null;
        Ask(Attempted, IPVS_CMD_GET_INFO, NLM_F_ACK, IpvsMessages.WritePlain, payload =>
            version = IpvsParser.TryReadVersion(payload, out IpvsVersion read) ? read : version);
        return version ?? throw NotUnderstood(Attempted);
    }

    private IpvsOutcome Tolerate(IpvsOperation operation, string attempted, byte command, RequestWriter write)
    {
        try
        {
            Ask(attempted, command, NLM_F_ACK, write);
            return IpvsOutcome.Done;
        }
        catch (NetlinkException refusal)
        {
            var result = new IpvsResult(operation, refusal.NativeErrorCode, refusal.KernelText);
            return result.Outcome != IpvsOutcome.Failed
                ? result.Outcome
                : throw new NetlinkException(refusal.NativeErrorCode, refusal.KernelText ?? result.Meaning, attempted);
        }
    }

    /// <summary>Sends one request and reads its answer to the end.</summary>
    private void Ask(string attempted, byte command, ushort flags, RequestWriter write, NetlinkPayloadReader? read = null)
    {
        var writer = new NetlinkWriter(_request);
        var request = new IpvsRequest(_family, command, (ushort)(NLM_F_REQUEST | flags), ++_sequence);
        write(ref writer, in request);
        int errno = _socket.Send(writer.Written);
        if (errno != 0)
        {
            throw new NetlinkException(errno, null, attempted);
        }

        NetlinkAnswer.Read(_socket, _answer, _sequence, attempted, read ?? (static _ => { }));
    }

    private static NetlinkException NotUnderstood(string attempted) =>
        new(Errno.EINVAL, "the kernel's answer lacks what was asked for", attempted);

    private static string Explain(Win32Exception exception) => exception.NativeErrorCode switch
    {
        Errno.ENOENT => "this kernel has no IPVS and has no module ip_vs to load (generic netlink family IPVS is not there): "
            + "install the kernel's full set of modules, or run `modprobe ip_vs` on the host when this is a container",
        Errno.EPERM => "IPVS needs the capability CAP_NET_ADMIN: run as root, or systemd: AmbientCapabilities=CAP_NET_ADMIN",
        _ => exception.Message,
    };

    private static string Given(uint? seconds) => seconds?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unchanged";

    private static string Word(IpvsDaemonRole role) => role == IpvsDaemonRole.Master ? "master" : "backup";
}
