using System.Text;

namespace Keepalived.Es.Vm;

/// <summary>Writes files with virtual servers of every kind. Equal seeds give equal files.</summary>
internal sealed class ConfigurationGenerator(int seed)
{
    private static readonly string[] _schedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq"];
    private static readonly string[] _methods =
        ["NAT", "NAT", "DR", "DR", "TUN", "TUN type ipip", "TUN type gue port 6080", "TUN type gue port 6080 csum", "TUN type gue port 6081 remcsum", "TUN type gre", "TUN type gre csum"];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();

    /// <summary>A file with so many different virtual servers.</summary>
    internal string File(int virtualServers)
    {
        _text.Clear();
        Line("global_defs {", "  router_id generated", "}");
        for (int i = 1; i <= virtualServers; i++)
        {
            WriteVirtualServer(i);
        }

        return _text.ToString();
    }

    private void WriteVirtualServer(int number)
    {
        bool isIPv6 = Chance(30);
        string head;
        bool byAddress = true;
        bool isGroup = false;
        switch (_random.Next(10))
        {
            case < 5:
                head = $"{Address(isIPv6, number, 1)} {(Chance(85) ? $"{80 + number}" : Pick("", "0"))}";
                break;
            case < 7:
                (head, byAddress) = ($"fwmark {number}", false);
                break;
            default:
                (head, isGroup) = ($"group G{number}", true);
                WriteGroup(number, isIPv6);
                break;
        }

        Line($"virtual_server {head.Trim()} {{", "  delay_loop 100000");
        Maybe(!byAddress && isIPv6 ? 100 : 0, "  ip_family inet6");
        WriteOptions(isIPv6, isGroup);
        string method = WriteMethod();
        WriteQuorum();
        int servers = _random.Next(5);
        if (Chance(30) || servers == 0)
        {
            Line($"  sorry_server {Address(isIPv6, 100 + number, 99)}{Pick("", $" {8080}", $" {80 + number}")}");
            Maybe(30, "  sorry_server_inhibit");
        }

        for (int i = 1; i <= servers; i++)
        {
            WriteRealServer(number, Chance(8) ? 1 : i, isIPv6, method);
        }

        Line("}");
    }

    private void WriteGroup(int number, bool isIPv6)
    {
        Line($"virtual_server_group G{number} {{");
        string port = Chance(90) ? $"{80 + number}" : "";
        Line($"  {Address(isIPv6, number, 1)} {port}");
        Maybe(50, $"  {Address(isIPv6, number, 16)}-{Pick("18", "19")} {port}");
        Maybe(30, $"  {Address(isIPv6, number, 32)} {200 + number}");
        Maybe(30, $"  fwmark {1000 + number}");
        Line("}");
    }

    /// <param name="isGroup">There keepalived loses a granularity.</param>
    private void WriteOptions(bool isIPv6, bool isGroup)
    {
        if (Chance(90))
        {
            string scheduler = Pick(_schedulers);
            Line($"  {Pick("lb_algo", "lvs_sched")} {scheduler}");
            if (scheduler is "sh" or "mh")
            {
                Maybe(50, $"  {scheduler}-port");
                Maybe(50, $"  {scheduler}-fallback");
            }
        }

        Maybe(90, $"  protocol {Pick("TCP", "TCP", "TCP", "UDP", "UDP", "SCTP")}");
        Maybe(15, "  ops");
        Maybe(10, "  flag-1");
        Maybe(10, "  flag-2");
        Maybe(10, "  flag-3");
        Maybe(30, $"  persistence_timeout {Pick("", "1", "60", "86400")}");
        Maybe(isGroup ? 0 : 15, $"  persistence_granularity {(isIPv6 ? Pick("64", "48", "128", "1") : Pick("255.255.255.0", "255.255.0.0", "255.255.255.255", "128.0.0.0"))}");
        Maybe(5, "  persistence_engine sip");
    }

    private string WriteMethod()
    {
        if (Chance(10))
        {
            return "NAT";
        }

        string method = Pick(_methods);
        Line($"  {Pick("lb_kind", "lvs_method")} {method}");
        return method;
    }

    private void WriteQuorum()
    {
        Maybe(25, $"  quorum {Pick("1", "2", "4", "7", "1000")}");
        Maybe(20, $"  hysteresis {Pick("0", "1", "3", "6")}");
        Maybe(20, "  alpha");
        Maybe(10, "  omega");
        Maybe(20, "  inhibit_on_failure");
        Maybe(15, $"  weight {Pick("1", "5", "100")}");
    }

    private void WriteRealServer(int number, int server, bool isIPv6, string method)
    {
        bool ownMethod = Chance(10);
        string used = ownMethod ? Pick(_methods) : method;
        bool isOther = used.StartsWith("TUN", StringComparison.Ordinal) && Chance(10);
        int kind = ((3 * number) + server) % 4;                   // a repeated server has the same port
        string port = kind == 0 ? "" : kind == 1 ? " 8080" : $" {80 + number}";
        Line($"  real_server {Address(isIPv6 != isOther, 100 + number, server)}{port} {{");
        Maybe(60, $"    weight {Pick("0", "1", "2", "3", "10", "255", "65535")}");
        Maybe(ownMethod ? 100 : 0, $"    lvs_method {used}");
        Maybe(15, $"    uthreshold {_random.Next(1, 1000)}");
        Maybe(15, $"    lthreshold {_random.Next(1, 100)}");
        Maybe(15, "    inhibit_on_failure");
        Maybe(10, "    alpha");
        if (Chance(50))
        {
            Line("    TCP_CHECK {", "      connect_port 8081");
            Maybe(10, "      alpha");
            Line("    }");
        }

        Line("  }");
    }

    private static string Address(bool isIPv6, int net, int host) => isIPv6 ? $"fd00:0:0:{net:x}::{host}" : $"10.0.{net}.{host}";

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Pick(params string[] words) => words[_random.Next(words.Length)];

    private void Maybe(int percent, string line)
    {
        if (Chance(percent))
        {
            Line(line);
        }
    }

    private void Line(params string[] lines)
    {
        foreach (string line in lines)
        {
            _text.Append(line.TrimEnd()).Append('\n');
        }
    }
}
