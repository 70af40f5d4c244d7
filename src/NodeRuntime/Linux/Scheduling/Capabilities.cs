using Keepalived.Es.NodeRuntime.Linux.Interop;

namespace Keepalived.Es.NodeRuntime.Linux.Scheduling;

/// <summary>Capabilities that the daemon may need, capabilities(7), with the kernel's numbers.</summary>
internal enum Capability
{
    CAP_KILL = 5,
    CAP_SETGID = 6,
    CAP_SETUID = 7,
    CAP_NET_BROADCAST = 11,
    CAP_NET_ADMIN = 12,
    CAP_NET_RAW = 13,
    CAP_IPC_LOCK = 14,
    CAP_SYS_CHROOT = 18,
    CAP_SYS_ADMIN = 21,
    CAP_SYS_NICE = 23,
    CAP_SYS_RESOURCE = 24,
}

/// <summary>The capabilities in effect for a thread.</summary>
/// <param name="Effective">Bit n is capability n.</param>
internal readonly record struct Capabilities(ulong Effective)
{
    /// <summary>Those of the calling thread, capget(2).</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The kernel does not know version 3 of the call.</exception>
    internal static unsafe Capabilities OfThisThread()
    {
        var header = new CapabilityHeader { Version = LibC.CAPABILITY_VERSION_3 };
        CapabilityData data;
        return LibC.capget(&header, &data) == 0
            ? new Capabilities(((ulong)data.EffectiveHigh << 32) | data.EffectiveLow)
            : throw Errno.LastAsException("capget");
    }

    internal bool Has(Capability capability) => (Effective & (1UL << (int)capability)) != 0;

    /// <summary>What is missing and how to grant it, or null when all are in effect.</summary>
    /// <param name="wanted">What the configuration needs.</param>
    internal SetupProblem? Missing(params ReadOnlySpan<Capability> wanted)
    {
        List<Capability> missing = [];
        foreach (Capability capability in wanted)
        {
            if (!Has(capability))
            {
                missing.Add(capability);
            }
        }

        if (missing.Count == 0)
        {
            return null;
        }

        string forSystemd = string.Join(' ', missing);
        string forSetcap = string.Join(',', missing).ToLowerInvariant();
        return new SetupProblem(
            forSystemd,
            missing.Count == 1 ? "this capability is missing" : "these capabilities are missing",
            $"run as root, or systemd: AmbientCapabilities={forSystemd}, or: setcap {forSetcap}+ep keepalived-es");
    }
}
