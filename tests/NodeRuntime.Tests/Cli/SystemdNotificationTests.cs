using System.Net.Sockets;
using System.Text;
using Keepalived.Es.NodeRuntime.Tests.Support;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

/// <summary>Alone, since the environment is the process's one.</summary>
[Collection("the log")]
public sealed class SystemdNotificationTests : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET";
    private readonly TemporaryDirectory _directory = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_state_arrives_as_one_datagram(bool isAbstract)
    {
        string name = isAbstract ? $"@kes-test-{Guid.NewGuid()}" : _directory["notify"];
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name[1..] : name));
        systemd.ReceiveTimeout = 60_000;
        Environment.SetEnvironmentVariable(Variable, name);
        SystemdNotification.Send("READY=1");
        SystemdNotification.Send("STOPPING=1");
        byte[] buffer = new byte[100];
        Assert.Equal("READY=1", Encoding.UTF8.GetString(buffer, 0, systemd.Receive(buffer)));
        Assert.Equal("STOPPING=1", Encoding.UTF8.GetString(buffer, 0, systemd.Receive(buffer)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("/no/such/socket")]
    [InlineData("/a/path/that/is/longer/than/the/hundred/and/eight/bytes/that/the/kernel/has/for/the/name/of/a/socket/of/this/family/xxxxxxxx")]
    public void Where_nobody_listens_nothing_breaks(string? name)
    {
        Environment.SetEnvironmentVariable(Variable, name);
        SystemdNotification.Send("READY=1");
    }
}
