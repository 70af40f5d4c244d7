using System.Runtime.InteropServices;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Checkers;

/// <summary>How the sockets of one check are opened: the addresses in the kernel's form, made once.</summary>
internal sealed unsafe class ProbeSocket
{
    private readonly CheckTarget _target;
    private readonly InterfaceNameBytes? _device;
    private readonly bool _isBound;

    /// <exception cref="ProbeSetupException">The name of <c>bind_if</c> is none, or the families differ.</exception>
    internal ProbeSocket(CheckTarget target)
    {
        _target = target;
        IsIPv6 = !target.Address.IsIPv4;
        _isBound = target.BindAddress != RouterAddress.None || target.BindPort != 0;
        if (target.BindAddress != RouterAddress.None && target.BindAddress.IsIPv4 != target.Address.IsIPv4)
        {
            throw new ProbeSetupException($"bindto {target.BindAddress} is of another family than {target.Address}");
        }

        try
        {
            _device = target.BindInterface is { } name ? new InterfaceNameBytes(name) : null;
        }
        catch (ArgumentException e)
        {
            throw new ProbeSetupException($"bind_if: {e.Message}", e);
        }
    }

    internal bool IsIPv6 { get; }

    /// <summary>Opens, sets options, binds.</summary>
    /// <param name="isConnection">With <c>bind_port</c> a port whose last connection still lingers may be taken again.</param>
    /// <returns>Null: <paramref name="descriptor"/> is open; otherwise why not, and it is -1.</returns>
    internal ProbeResult? Open(int type, int protocol, bool isConnection, out int descriptor)
    {
        descriptor = LibC.TryOpenSocket(IsIPv6 ? LibC.AF_INET6 : LibC.AF_INET, type, protocol);
        if (descriptor < 0)
        {
            (int errno, descriptor) = (-descriptor, -1);
            return ProbeFailure.OfSetup(errno, "open a socket");
        }

        if (Prepare(descriptor, isConnection) is not { } failure)
        {
            return null;
        }

        _ = LibC.close(descriptor);
        descriptor = -1;
        return failure;
    }

    /// <returns>0, EINPROGRESS, or another errno.</returns>
    internal int Connect(int descriptor)
    {
        if (IsIPv6)
        {
            var address = new InternetAddress6(_target.Address, Scope(), _target.Port);
            return LibC.connect(descriptor, &address, (uint)sizeof(InternetAddress6)) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }

        var address4 = new InternetAddress4(_target.Address, _target.Port);
        return LibC.connect(descriptor, &address4, (uint)sizeof(InternetAddress4)) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Options and bind(2) on a socket that is open.</summary>
    /// <returns>Null: done.</returns>
    internal ProbeResult? Prepare(int descriptor, bool isConnection)
    {
        if (_target.FirewallMark != 0 && LibC.TrySetOption(descriptor, LibC.SOL_SOCKET, LibC.SO_MARK, _target.FirewallMark) is var markError and not 0)
        {
            return ProbeFailure.OfSetup(markError, $"set the mark {_target.FirewallMark} (fwmark)");
        }

        if (_device is { } device && LibC.TrySetOption(descriptor, LibC.SOL_SOCKET, LibC.SO_BINDTODEVICE, device) is var deviceError and not 0)
        {
            return ProbeFailure.OfSetup(deviceError, $"bind to interface {_target.BindInterface} (bind_if)");
        }

        return _isBound ? Bind(descriptor, isConnection) : null;
    }

    /// <summary>Index of the interface on which a link-local address is to be found; 0: none is needed, or it does not exist.</summary>
    internal int Scope() => _target.BindInterface is { } name ? (int)LibC.if_nametoindex(name) : 0;

    private ProbeResult? Bind(int descriptor, bool isConnection)
    {
        if (isConnection && _target.BindPort != 0)
        {
            _ = LibC.TrySetOption(descriptor, LibC.SOL_SOCKET, LibC.SO_REUSEADDR, 1);
        }

        int result;
        if (IsIPv6)
        {
            var address = new InternetAddress6(_target.BindAddress, Scope(), _target.BindPort);
            result = LibC.bind(descriptor, &address, (uint)sizeof(InternetAddress6));
        }
        else
        {
            var address = new InternetAddress4(_target.BindAddress, _target.BindPort);
            result = LibC.bind(descriptor, &address, (uint)sizeof(InternetAddress4));
        }

        string port = result == 0 || _target.BindPort == 0 ? "" : $" port {_target.BindPort}";
        return result == 0 ? null : ProbeFailure.OfSetup(Marshal.GetLastPInvokeError(), $"bind to {_target.BindAddress}{port}");
    }
}
