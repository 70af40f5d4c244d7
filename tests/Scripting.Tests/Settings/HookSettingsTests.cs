using Keepalived.Es.Scripting.MySql;
using Keepalived.Es.Scripting.Settings;

namespace Keepalived.Es.Scripting.Tests.Settings;

public sealed class HookSettingsTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Every_key_has_its_effect()
    {
        HookSettings settings = Read("""
            node: a
            hooks:
              notify-overlap: true
              time-limit: 5
              stop-wait: 0.5
              retry: { attempts: 3, delay: 0.2 }
              limits: { wall-clock: 7, cpu-time: 3, heap-mib: 32, statements: 5000, stack-kib: 1024, output-characters: 1000, source-kib: 8, nesting: 50, host-calls: 9, message-kib: 16 }
              mysql:
                local: { socket: /run/sock, user: hook, password-file: /etc/pw, tls: off }
                far: { host: db.example.net, port: 3307, user: u, database: d, tls: verify, ca: /etc/ca.pem, connect-timeout: 1, query-timeout: 4 }
              http: { allow: ["192.0.2.7:8080", "[2001:db8::1]:80"] }
              exec: { flush: /usr/local/sbin/flush }
            """);
        Assert.Equal((true, 5.0, 0.5, 3, 0.2), (
            settings.Policy.Overlap, settings.Policy.TimeLimit.TotalSeconds, settings.Policy.StopWait.TotalSeconds, settings.Policy.Retries,
            settings.Policy.RetryDelay.TotalSeconds));
        Assert.Equal((7.0, 3.0, 32L << 20, 5000, 1 << 20), (
            settings.Limits.WallClock.TotalSeconds, settings.Limits.CpuTime.TotalSeconds, settings.Limits.HeapBytes, settings.Limits.Statements, settings.Limits.StackBytes));
        Assert.Equal((1000, 8192, 50, 9, 16384), (
            settings.Limits.OutputCharacters, settings.Limits.SourceBytes, settings.Limits.Nesting, settings.Limits.HostCalls, settings.Limits.MessageBytes));
        Assert.Equal(("local", "/run/sock", "hook", "/etc/pw"), (settings.MySql[0].Name, settings.MySql[0].Socket, settings.MySql[0].User, settings.MySql[0].PasswordFile));
        Assert.Equal(("db.example.net", 3307, MySqlTls.Verify, 4.0), (settings.MySql[1].Host, settings.MySql[1].Port, settings.MySql[1].Tls, settings.MySql[1].QueryTimeout.TotalSeconds));
        Assert.Equal(["192.0.2.7:8080", "[2001:db8::1]:80"], settings.HttpAllowed);
        Assert.Equal("/usr/local/sbin/flush", settings.Programs["flush"]);
    }

    [Fact]
    public void Without_the_key_all_is_default() => Assert.Equal(new HookSettings(), Read("node: a\n"));

    [Theory]
    [InlineData("hooks:\n  time-limt: 3", ":2:3: unknown key 'hooks.time-limt', allowed: notify-overlap, time-limit,")]
    [InlineData("hooks:\n  time-limit: 0", ":2:15: hooks.time-limit '0' is out of range, allowed 1 to 3600 seconds")]
    [InlineData("hooks:\n  notify-overlap: perhaps", ":2:19: hooks.notify-overlap 'perhaps': true or false is allowed")]
    [InlineData("hooks:\n  retry: { attempts: 11 }", ":2:22: hooks.retry.attempts '11' is out of range, allowed 0 to 10")]
    [InlineData("hooks:\n  limits: { heap-mib: 1 }", ":2:23: hooks.limits.heap-mib '1' is out of range, allowed 16 to 1024")]
    [InlineData("hooks:\n  mysql: { local: { host: a } }", ":2:19: hooks.mysql.local has no user")]
    [InlineData("hooks:\n  mysql: { local: { user: a, tls: maybe } }", ":2:35: hooks.mysql.local.tls 'maybe': off, required or verify is allowed")]
    [InlineData("hooks:\n  mysql: { local: { user: a, socket: rel } }", ":2:38: hooks.mysql.local.socket 'rel': an absolute path is allowed")]
    [InlineData("hooks:\n  http: { allow: [nowhere] }", ":2:18: hooks.http.allow 'nowhere': HOST:PORT is allowed, a port of 1 to 65535")]
    [InlineData("hooks:\n  exec: { flush: flush }", ":2:18: hooks.exec.flush 'flush': an absolute path is allowed")]
    [InlineData("hooks: 3", ":1:8: 'hooks' takes keys, seen '3'")]
    public void What_is_wrong_is_named_with_its_place(string text, string message) =>
        Assert.StartsWith(_file + message, Assert.Throws<FormatException>(() => Read(text)).Message, StringComparison.Ordinal);

    private HookSettings Read(string text)
    {
        File.WriteAllText(_file, text);
        return HookSettings.ReadFile(_file);
    }
}
