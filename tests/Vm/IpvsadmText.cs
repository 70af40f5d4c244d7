using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Vm;

/// <summary>What <c>ipvsadm -Sn</c> writes of a table, ipvsadm(8).</summary>
internal static class IpvsadmText
{
    private const ServiceTraits SchedulerFlags = ServiceTraits.Scheduler1 | ServiceTraits.Scheduler2 | ServiceTraits.Scheduler3;

    internal static string[] Of(IpvsTable table) => Director.Sorted(table.Services.SelectMany(service =>
        service.Value.Destinations.Select(destination => Of(service.Key, destination.Key, destination.Value))
            .Prepend(Of(service.Key, service.Value.Options))));

    internal static string Of(ServiceKey key, ServiceOptions options)
    {
        string text = $"-A {Of(key)} -s {options.Scheduler}";
        if (options.PersistenceTimeout > 0)
        {
            text += $" -p {options.PersistenceTimeout}";
        }

        if (options.PersistencePrefixLength is { } length)
        {
            text += $" -M {(key.IsIPv6 ? length : new RouterAddress(uint.MaxValue << (32 - length)))}";
        }

        text += options.PersistenceEngine is { } engine ? $" --pe {engine}" : "";
        text += options.Traits.HasFlag(ServiceTraits.OnePacket) ? " -o" : "";
        return (options.Traits & SchedulerFlags) != 0 ? $"{text} -b {Flags(options)}".TrimEnd() : text;
    }

    private static string Of(ServiceKey service, DestinationKey destination, DestinationOptions options)
    {
        Forwarding forwarding = options.Forwarding;
        string method = forwarding.Method switch
        {
            ForwardingMethod.Masquerade => "-m",
            ForwardingMethod.DirectRoute => "-g",
            _ => "-i",
        };
        string address = Address(destination.Address, !destination.Address.IsIPv4);
        string text = $"-a {Of(service)} -r {address}:{destination.Port} {method} -w {options.Weight}";
        if (forwarding.Method != ForwardingMethod.Tunnel)
        {
            return text;
        }

        string checksum = forwarding.Checksum switch
        {
            TunnelChecksum.None => "--tun-nocsum",
            TunnelChecksum.Full => "--tun-csum",
            _ => "--tun-remcsum",
        };
        return forwarding.Tunnel switch
        {
            TunnelType.IpIp => $"{text} --tun-type ipip",
            TunnelType.Gue => $"{text} --tun-type gue --tun-port {forwarding.TunnelPort} {checksum}",
            _ => $"{text} --tun-type gre {checksum}",
        };
    }

    private static string Of(ServiceKey key)
    {
        if (key.Protocol is not { } protocol)
        {
            // ipvsadm 1.31 writes a mark above 2147483647 as a negative number, though it does not read it so
            return $"-f {(int)key.FirewallMark}{(key.IsIPv6 ? " -6" : "")}";
        }

        string option = protocol switch
        {
            LvsProtocol.Tcp => "-t",
            LvsProtocol.Udp => "-u",
            _ => "--sctp-service",
        };
        return $"{option} {Address(key.Address, key.IsIPv6)}:{key.Port}";
    }

    private static string Address(RouterAddress address, bool isIPv6) => isIPv6 ? $"[{address}]" : address.ToString();

    private static string Flags(ServiceOptions options)
    {
        // ipvsadm 1.31 has no name for the third flag of sh and mh, and leaves it out
        string[] names = options.Scheduler is "sh" or "mh"
            ? [$"{options.Scheduler}-fallback", $"{options.Scheduler}-port"]
            : ["flag-1", "flag-2", "flag-3"];
        ServiceTraits[] traits = [ServiceTraits.Scheduler1, ServiceTraits.Scheduler2, ServiceTraits.Scheduler3];
        return string.Join(',', names.Where((_, i) => options.Traits.HasFlag(traits[i])));
    }
}
