using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Lvs;

/// <summary>
/// <c>nftables_ipvs</c>: the addresses of a group get one firewall mark by nftables, and IPVS one service for the mark and family instead of one for each address.
/// A group that has marks of its own stays as it is, as in keepalived 2.2.7.
/// </summary>
public static class FirewallMarkPlan
{
    /// <summary>The virtual servers with marks in the place of their groups' addresses, which go to <see cref="VirtualServerSettings.MarkedAddresses"/>.</summary>
    public static ImmutableArray<VirtualServerSettings> Apply(ImmutableArray<VirtualServerSettings> servers, FirewallMarkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        HashSet<uint> taken = [.. servers.SelectMany(server => server.Services).Select(service => service.FirewallMark)];
        uint next = settings.FirstMark;
        ImmutableArray<VirtualServerSettings>.Builder marked = ImmutableArray.CreateBuilder<VirtualServerSettings>(servers.Length);
        foreach (VirtualServerSettings server in servers)
        {
            if (server.Group is null || server.Services.Any(service => service.Protocol is null))
            {
                marked.Add(server);
                continue;
            }

            while (!taken.Add(next))
            {
                next++;
            }

            uint mark = next;
            marked.Add(server with
            {
                MarkedAddresses = server.Services,
                Services = [.. server.Services.Select(service => service.IsIPv6).Distinct().Select(isIPv6 => ServiceKey.OfMark(mark, isIPv6))],
            });
        }

        return marked.DrainToImmutable();
    }

    /// <summary>What <c>nft -f</c> is given: both tables anew, in one transaction; empty tables when no group is marked.</summary>
    public static string Script(IEnumerable<VirtualServerSettings> servers, FirewallMarkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(servers);
        ArgumentNullException.ThrowIfNull(settings);
        List<(ServiceKey Address, uint Mark)> marked =
            [.. servers.SelectMany(server => server.MarkedAddresses.Select(address => (address, server.Services[0].FirewallMark)))];
        var script = new StringBuilder();
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            script.Append(Removal(settings, isIPv6));
            if (marked.Exists(entry => entry.Address.IsIPv6 == isIPv6))
            {
                AppendTable(script, settings, isIPv6, [.. marked.Where(entry => entry.Address.IsIPv6 == isIPv6)]);
            }
        }

        return script.ToString();
    }

    /// <summary>What takes both tables away, whether or not they are there.</summary>
    public static string Removal(FirewallMarkSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Removal(settings, isIPv6: false) + Removal(settings, isIPv6: true);
    }

    private static string Removal(FirewallMarkSettings settings, bool isIPv6) =>
        $"add table {Family(isIPv6)} {settings.Table}\ndelete table {Family(isIPv6)} {settings.Table}\n";

    private static void AppendTable(StringBuilder script, FirewallMarkSettings settings, bool isIPv6, List<(ServiceKey Address, uint Mark)> marked)
    {
        string family = Family(isIPv6);
        string address = isIPv6 ? "ipv6_addr" : "ipv4_addr";
        var maps = new StringBuilder();
        var rules = new StringBuilder();
        foreach (LvsProtocol protocol in marked.Select(entry => entry.Address.Protocol!.Value).Distinct().Order())
        {
            string word = protocol.Word();
            AppendMap(
                maps, rules, $"{word}_map", $"{address} . inet_service", $"meta mark set {family} daddr . {word} dport",
                marked.Where(entry => entry.Address.Protocol == protocol && entry.Address.Port != 0).Select(entry => $"{entry.Address.Address} . {entry.Address.Port} : {entry.Mark}"));
            AppendMap(
                maps, rules, $"{word}_any_map", address, $"meta l4proto {word} meta mark set {family} daddr",
                marked.Where(entry => entry.Address.Protocol == protocol && entry.Address.Port == 0).Select(entry => $"{entry.Address.Address} : {entry.Mark}"));
        }

        string priority = settings.Priority.ToString(CultureInfo.InvariantCulture);
        script.Append(CultureInfo.InvariantCulture, $"table {family} {settings.Table} {{\n{maps}chain in {{\ntype filter hook input priority {priority}; policy accept;\n{rules}}}\n}}\n");
    }

    private static void AppendMap(StringBuilder maps, StringBuilder rules, string name, string type, string statement, IEnumerable<string> elements)
    {
        string list = string.Join(", ", elements);
        if (list.Length > 0)
        {
            maps.Append(CultureInfo.InvariantCulture, $"map {name} {{\ntype {type} : mark\nelements = {{ {list} }}\n}}\n");
            rules.Append(CultureInfo.InvariantCulture, $"{statement} map @{name}\n");
        }
    }

    private static string Family(bool isIPv6) => isIPv6 ? "ip6" : "ip";
}
