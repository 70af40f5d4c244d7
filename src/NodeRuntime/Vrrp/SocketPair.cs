using Keepalived.Es.NodeRuntime.Linux.Sockets;

namespace Keepalived.Es.NodeRuntime.Vrrp;

/// <summary>The sockets of one endpoint, shared by its instances, and those instances by VRID.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly InstanceRuntime[]?[] _byVrid = new InstanceRuntime[]?[256];

    /// <exception cref="System.ComponentModel.Win32Exception">See <see cref="VrrpSendSocket.Open"/>.</exception>
    internal SocketPair(VrrpEndpoint endpoint, int token)
    {
        (Endpoint, Token) = (endpoint, token);
        Send = VrrpSendSocket.Open(endpoint);
        try
        {
            Receive = VrrpReceiveSocket.Open(endpoint);
        }
        catch
        {
            Send.Dispose();
            throw;
        }
    }

    internal VrrpEndpoint Endpoint { get; }

    /// <summary>Names the receive socket in the loop's epoll set.</summary>
    internal int Token { get; }

    internal VrrpSendSocket Send { get; }

    internal VrrpReceiveSocket Receive { get; }

    /// <summary>Instances that use it.</summary>
    internal int Users { get; private set; }

    /// <summary>The instances of a VRID: one, but for unicast with disjoint peers.</summary>
    internal ReadOnlySpan<InstanceRuntime> Of(byte vrid) => _byVrid[vrid];

    internal void Add(InstanceRuntime instance)
    {
        Users++;
        _byVrid[instance.Config.Vrid] = [.. _byVrid[instance.Config.Vrid] ?? [], instance];
    }

    internal void Remove(InstanceRuntime instance)
    {
        Users--;
        _byVrid[instance.Config.Vrid] = [.. (_byVrid[instance.Config.Vrid] ?? []).Where(other => other != instance)];
    }

    public void Dispose()
    {
        Send.Dispose();
        Receive.Dispose();
    }
}
