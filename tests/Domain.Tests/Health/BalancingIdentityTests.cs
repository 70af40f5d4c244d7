using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health;
using Keepalived.Es.Domain.Tests.Configuration;

namespace Keepalived.Es.Domain.Tests.Health;

/// <summary>What a reload may leave untouched.</summary>
public sealed class BalancingIdentityTests
{
    private const string Text =
        """
        virtual_server 10.1.0.1 80 {
          protocol TCP
          lvs_sched wrr
          lvs_method NAT
          quorum 1
          quorum_up "/bin/echo up"
          sorry_server 10.2.0.9 80
          real_server 10.2.0.1 80 {
            weight 2
            notify_up "/bin/echo one"
            HTTP_GET {
              url {
                path /
                status_code 200
              }
              connect_timeout 5
            }
          }
          real_server 10.2.0.2 80 {
            weight 3
            TCP_CHECK {
              retry 2
            }
          }
        }

        """;

    [Fact]
    public void The_place_in_the_file_does_not_matter() => Assert.True(BalancingIdentity.IsSame(Read(Text), Read("# moved\n\n" + Text)));

    [Theory]
    [InlineData("10.1.0.1 80", "10.1.0.1 81")]
    [InlineData("wrr", "rr")]
    [InlineData("quorum 1", "quorum 2")]
    [InlineData("echo up", "echo UP")]
    [InlineData("10.2.0.9", "10.2.0.8")]
    [InlineData("weight 3", "weight 4")]
    [InlineData("echo one", "echo two")]
    [InlineData("path /", "path /index")]
    [InlineData("status_code 200", "status_code 201")]
    [InlineData("connect_timeout 5", "connect_timeout 6")]
    [InlineData("retry 2", "retry 3")]
    [InlineData("real_server 10.2.0.2 80", "real_server 10.2.0.3 80")]
    public void Anything_else_does(string from, string to) =>
        Assert.False(BalancingIdentity.IsSame(Read(Text), Read(Text.Replace(from, to, StringComparison.Ordinal))));

    private static VirtualServerSettings Read(string text) => Assert.Single(Configs.Read(text).Config!.Lvs.VirtualServers);
}
