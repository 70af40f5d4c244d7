using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.Tests;

namespace Keepalived.Es.NodeRuntime.Tests.Linux;

/// <summary>tests/Vm has a kernel with IPVS; here is whichever kernel this machine has.</summary>
public sealed class IpvsSocketLab
{
    [LabFact]
    public void A_kernel_has_IPVS_or_the_remedy_is_named()
    {
        using var node = new NetworkNamespace();
        string? problem = null;
        using IpvsSocket? socket = node.Run(() => IpvsSocket.TryOpen(out problem));
        if (socket is null)
        {
            Assert.Equal(
                "this kernel has no IPVS and has no module ip_vs to load (generic netlink family IPVS is not there): "
                    + "install the kernel's full set of modules, or run `modprobe ip_vs` on the host when this is a container",
                problem);
        }
        else
        {
            Assert.Null(problem);
            Assert.Empty(socket.Dump());
        }
    }
}
