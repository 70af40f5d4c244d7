using System.Net.Sockets;
using System.Text.RegularExpressions;
using Keepalived.Es.Tests;

namespace Keepalived.Es.Vm;

/// <summary>One story, told by Debian's keepalived and by our daemon in turn: what the kernel's table holds at each point of it, and what the notify FIFO says.</summary>
public sealed partial class ExerciseLab
{
    private const int Clients = 6;

    [Fact]
    public async Task Two_database_servers_behind_direct_routing()
    {
        // The seed's third exercise, with shorter times; keepalived 2.2.7 takes nb_get_retry in HTTP_GET and SSL_GET only
        const string RealServers = """
              real_server 10.51.81.24 3306 {
                weight 3
                TCP_CHECK {
                  connect_timeout 10
                  retry 3
                  delay_before_retry 0.1
                  connect_port 3306
                  warmup 0
                }
              }
              real_server 10.51.81.25 3306 {
                weight 3
                TCP_CHECK {
                  connect_timeout 10
                  retry 3
                  delay_before_retry 0.1
                  connect_port 3306
                  warmup 0
                }
              }
            """;
        string text = $$"""
            global_defs {
              {{Balancer.Fifo}}
            }
            virtual_server 10.51.81.8 3306 {
              delay_loop 1
              lb_algo wrr
              lb_kind DR
              persistence_timeout 60
              protocol TCP
            {{RealServers}}
            }
            """;
        await TellTwiceAsync(text, 3306, async story =>
        {
            await story.AwaitAsync("start", "10.51.81.24:3306 Route 3", "10.51.81.25:3306 Route 3");
            await story.ServeClientsAsync(3306);
            story.Fail(24);
            await story.AwaitAsync("one has died", "10.51.81.25:3306 Route 3");
            story.Restore(24);
            await story.AwaitAsync("it has returned", "10.51.81.24:3306 Route 3", "10.51.81.25:3306 Route 3");
        });
    }

    [Fact]
    public async Task Quorum_sorry_server_and_sync_daemon()
    {
        await TellTwiceAsync(QuorumFile, 80, async story =>
        {
            await story.AwaitAsync("start", "10.51.81.24:80 Route 2", "10.51.81.25:80 Route 1");
            story.Fail(25);
            await story.AwaitAsync("one has died, and is kept without weight", "10.51.81.24:80 Route 2", "10.51.81.25:80 Route 0");
            story.Fail(24);
            await story.AwaitAsync("the quorum is lost", "10.51.81.26:80 Route 1", "10.51.81.25:80 Route 0");
            story.Restore(25);
            await story.AwaitToldAsync("RS [10.51.81.25]:tcp:80 [10.51.81.8]:tcp:80 UP");
            await story.AwaitAsync("one of weight 1 is too little", "10.51.81.26:80 Route 1", "10.51.81.25:80 Route 0");
            story.Restore(24);
            await story.AwaitAsync("the quorum is regained", "10.51.81.24:80 Route 2", "10.51.81.25:80 Route 1");

            story.Reload(QuorumFile.Replace("weight 2", "weight 5", StringComparison.Ordinal));
            await story.AwaitAsync("another weight", "10.51.81.24:80 Route 5", "10.51.81.25:80 Route 1");
            story.Reload(QuorumFile.Replace("sorry_server 10.51.81.26 80", "real_server 10.51.81.26 80 {\n    weight 4\n  }", StringComparison.Ordinal));
            await story.AwaitAsync("one more", "10.51.81.24:80 Route 2", "10.51.81.25:80 Route 1", "10.51.81.26:80 Route 4");
            story.Reload(QuorumFile);
            await story.AwaitAsync("one less", "10.51.81.24:80 Route 2", "10.51.81.25:80 Route 1");
        });
    }

    private static string QuorumFile => $$"""
        global_defs {
          {{Balancer.Fifo}}
          lvs_sync_daemon eth0 id 51
        }
        virtual_server 10.51.81.8 80 {
          delay_loop 0.5
          delay_before_retry 0.1
          warmup 0
          lvs_sched wlc
          lvs_method DR
          protocol TCP
          quorum 2
          sorry_server 10.51.81.26 80
          real_server 10.51.81.24 80 {
            weight 2
            TCP_CHECK {
              connect_timeout 5
            }
          }
          real_server 10.51.81.25 80 {
            weight 1
            inhibit_on_failure
            TCP_CHECK {
              connect_timeout 5
            }
          }
        }
        """;

    private static async Task TellTwiceAsync(string configuration, int port, Func<Story, Task> tell)
    {
        using var lan = new Lan();
        for (int i = 1; i <= Clients; i++)
        {
            lan.Client.Ip($"addr add 10.51.81.{100 + i}/24 dev eth0");
        }

        Dictionary<int, NetworkNamespace> hosts = new() { [24] = lan.AddDirect(24), [25] = lan.AddDirect(25), [26] = lan.AddDirect(26) };
        List<string>[] records = [[], []];
        foreach ((string kind, List<string> record) in ((string[])[Balancer.Keepalived, Balancer.Ours]).Zip(records))
        {
            using var story = new Story(lan, hosts, port, record);
            await story.BeginAsync(kind, configuration);
            await tell(story);
            await story.EndAsync();
        }

        Assert.Equal(string.Join('\n', records[0]), string.Join('\n', records[1]));
    }

    /// <summary>Weight and method without the numbers of connections, which are those of the moment.</summary>
    [GeneratedRegex(@"^  -> (\S+) +(\S+) +(\d+) +\d+ +\d+ *$", RegexOptions.Multiline)]
    private static partial Regex DestinationLine { get; }

    /// <summary>One daemon's turn.</summary>
    private sealed class Story : IDisposable
    {
        private readonly Lan _lan;
        private readonly Dictionary<int, NetworkNamespace> _hosts;
        private readonly Dictionary<int, NamedServer> _servers = [];
        private readonly List<string> _record;
        private readonly int _port;
        private Balancer? _balancer;

        internal Story(Lan lan, Dictionary<int, NetworkNamespace> hosts, int port, List<string> record)
        {
            (_lan, _hosts, _port, _record) = (lan, hosts, port, record);
            foreach (int host in hosts.Keys)
            {
                Restore(host);
            }
        }

        internal async Task BeginAsync(string kind, string configuration) =>
            _balancer = await Balancer.StartAsync(kind, _lan.Director.Network, configuration);

        internal void Reload(string configuration) => _balancer!.Reload(configuration);

        internal void Fail(int host)
        {
            _servers[host].Dispose();
            _servers.Remove(host);
        }

        internal void Restore(int host) => _servers.Add(host, new NamedServer(_hosts[host], $"rs{host}", _port));

        /// <summary>Waits until the table has exactly these destinations, and keeps what ipvsadm shows.</summary>
        internal async Task AwaitAsync(string point, params string[] destinations)
        {
            string[] wanted = Director.Sorted(destinations);
            string shown = "";
            await _balancer!.AwaitAsync(
                () =>
                {
                    shown = Show("-Ln");
                    return Director.Sorted(DestinationLine.Matches(_lan.Director.Ipvsadm("-Ln")).Select(line => $"{line.Groups[1]} {line.Groups[2]} {line.Groups[3]}"))
                        .SequenceEqual(wanted);
                },
                point, () => shown);
            Keep(point);
        }

        internal Task AwaitToldAsync(string line) => _balancer!.AwaitAsync(() => _balancer.Told.Contains(line), line, () => string.Join('\n', _balancer.Told));

        /// <summary>Connects once from each address, and resets: three packets each. Then keeps the counters.</summary>
        internal async Task ServeClientsAsync(int port)
        {
            const int PacketsEach = 3;
            for (int i = 1; i <= Clients; i++)
            {
                using Socket socket = await _lan.ConnectAsync(Lan.Vip, port, $"10.51.81.{100 + i}");
                socket.LingerState = new LingerOption(true, 0);
            }

            await _balancer!.AwaitAsync(
                () => _lan.Director.Ipvs.Dump().Single().Statistics is { Connections: Clients, IncomingPackets: Clients * PacketsEach },
                "statistics of all clients", () => _lan.Director.Ipvsadm("-Ln --stats"));
            _record.Add(_lan.Director.Ipvsadm("-Ln --stats --exact"));
        }

        internal async Task EndAsync()
        {
            await _balancer!.StopAsync();
            Keep("stop");
            _record.Add(string.Join('\n', _balancer.Told));
        }

        public void Dispose()
        {
            _balancer?.Dispose();
            foreach (NamedServer server in _servers.Values)
            {
                server.Dispose();
            }
        }

        private void Keep(string point) => _record.Add($"-- {point}\n{Show("-Ln")}\n{Show("-L --daemon")}");

        private string Show(string arguments) => DestinationLine.Replace(_lan.Director.Ipvsadm(arguments), "  -> $1 $2 $3");
    }
}
