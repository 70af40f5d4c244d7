using System.Net.Sockets;
using System.Text;

namespace Keepalived.Es.NodeRuntime;

/// <summary>Tells systemd how the daemon fares, sd_notify(3). Does nothing when it was not started by systemd.</summary>
internal static class SystemdNotification
{
    /// <param name="state">For instance <c>READY=1</c>.</param>
    internal static void Send(string state)
    {
        string? path = System.Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)   // ArgumentException: too long a path
        {
            Log.Degraded("NOTIFY_SOCKET", e.Message, "check the unit's Type=notify");
        }
    }
}
