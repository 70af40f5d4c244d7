using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;
using Keepalived.Es.NodeRuntime.Linux.Ipvs;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>A network namespace, which has an IPVS table of its own, with our socket to it and the real ipvsadm beside it.</summary>
internal sealed class Director : IDisposable
{
    internal static readonly ServiceKey Tcp80 = ServiceKey.OfAddress(LvsProtocol.Tcp, RouterAddress.Parse("192.0.2.1"), 80);
    internal static readonly DestinationOptions Nat = new(Forwarding.Nat, Weight: 1);

    internal Director()
        : this(new NetworkNamespace())
    {
    }

    /// <param name="network">Is disposed of with this.</param>
    internal Director(NetworkNamespace network)
    {
        Network = network;
        (IpvsSocket? socket, string? problem) = network.Run(() => (IpvsSocket.TryOpen(out string? problem), problem));
        Ipvs = socket ?? throw new InvalidOperationException($"{problem} (scripts/test Vm has a kernel with IPVS)");
    }

    internal NetworkNamespace Network { get; }

    internal IpvsSocket Ipvs { get; }

    internal static DestinationKey Server(int number, ushort port = 80) => new(new RouterAddress(0x0A00_0000u + (uint)number), port);

    /// <summary>The table as the real ipvsadm reads it: its commands that would make it, in alphabetical order.</summary>
    internal string[] Saved() => Sorted(Ipvsadm("-Sn").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    internal string Ipvsadm(string arguments) => Network.Execute("ipvsadm", arguments);

    /// <summary>The table as we read it.</summary>
    internal IpvsTable Table() => IpvsService.TableOf(Ipvs.Dump());

    /// <summary>Executes commands that must all be done.</summary>
    internal void Do(Action<IpvsBatch> fill)
    {
        var batch = new IpvsBatch();
        fill(batch);
        Ipvs.Execute(batch);
        for (int i = 0; i < batch.Count; i++)
        {
            if (batch[i].Outcome != IpvsOutcome.Done)
            {
                Assert.Fail($"{batch.Describe(i)}: {batch[i].Outcome} {batch.ExplainFailure(i)}");
            }
        }
    }

    internal static string[] Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Ipvs.Dispose();
        Network.Dispose();
    }
}
