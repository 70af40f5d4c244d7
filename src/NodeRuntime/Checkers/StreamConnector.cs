using System.Net;
using System.Net.Sockets;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>Makes the connections of one check.</summary>
/// <exception cref="ProbeSetupException">The target cannot be asked as configured.</exception>
internal sealed class StreamConnector(CheckTarget target)
{
    private readonly ProbeSocket _setup = new(target);

    /// <exception cref="ProbeFailedException">It cannot be made; with the result.</exception>
    /// <exception cref="OperationCanceledException">The step's time is over, or the try is cancelled.</exception>
    internal async Task<NetworkStream> ConnectAsync(ProbeSteps steps)
    {
        CancellationToken limit = steps.Begin("connecting");
        Socket? socket = null;
        try
        {
            socket = new Socket(_setup.IsIPv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            if (_setup.Prepare((int)socket.SafeHandle.DangerousGetHandle(), isConnection: true) is { } failure)
            {
                throw new ProbeFailedException(failure);
            }

            IPAddress address = target.Address.ToIPAddress();
            if (address.IsIPv6LinkLocal)
            {
                address.ScopeId = _setup.Scope();
            }

            await socket.ConnectAsync(new IPEndPoint(address, target.Port), limit).ConfigureAwait(false);
            socket.NoDelay = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e) when (e.SocketErrorCode != SocketError.OperationAborted)
        {
            socket?.Dispose();
            int errno = e.SocketErrorCode == SocketError.TooManyOpenSockets ? Errno.EMFILE : e.NativeErrorCode;   // .NET makes ENFILE of both
            throw new ProbeFailedException(ProbeFailure.OfConnect(errno));
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
