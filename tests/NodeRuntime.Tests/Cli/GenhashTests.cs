using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.NodeRuntime.Cli;
using Keepalived.Es.NodeRuntime.Tests.Checkers;

namespace Keepalived.Es.NodeRuntime.Tests.Cli;

/// <summary>What it prints is compared with keepalived's in RealServersLab.</summary>
public sealed class GenhashTests
{
    [Theory]
    [InlineData("-s 192.0.2.1 -p 80 -u /")]
    [InlineData("-s192.0.2.1 -p80 -u/")]
    [InlineData("--server 192.0.2.1 --port=80 --url /")]
    public void Options_are_read_in_every_form(string arguments)
    {
        GenhashOptions options = GenhashOptions.Parse(arguments.Split(' '));
        Assert.Equal(("192.0.2.1", 80, "/"), ($"{options.Server}", options.Port, options.Url));
        Assert.Equal((false, false, HttpProtocol.Http10, TimeSpan.FromSeconds(5)), (options.Tls, options.Verbose, options.Protocol, options.Timeout));
    }

    [Fact]
    public void Joined_flags_and_all_values_are_read()
    {
        GenhashOptions options = GenhashOptions.Parse("-SIvs 2001:db8::1 -p 443 -u /a -V h.example -P 1.0C -m 9 -t 7".Split(' '));
        Assert.True(options.Tls && options.Sni && options.Verbose);
        Assert.Equal(
            ("2001:db8::1", "h.example", HttpProtocol.Http10CapitalClose, 9u, 7.0),
            ($"{options.Server}", options.VirtualHost, options.Protocol, options.Mark, options.Timeout.TotalSeconds));
    }

    [Theory]
    [InlineData("", "genhash: --server, --port and --url are needed; see --genhash --help")]
    [InlineData("-s 192.0.2.1 -u /", "genhash: --server, --port and --url are needed; see --genhash --help")]
    [InlineData("-p 65536", "genhash: --port '65536', allowed 1 to 65535")]
    [InlineData("-t 0", "genhash: --timeout '0', allowed 1 to 4294")]
    [InlineData("-P 2", "genhash: --protocol '2', allowed 1.0, 1.0c, 1.0C, 1.1")]
    [InlineData("-s name", "'name' is not an IPv4 or IPv6 address")]
    [InlineData("-s", "genhash: option --server needs a value")]
    [InlineData("--verbose=1", "genhash: option --verbose takes no value, seen '1'")]
    [InlineData("-x", "genhash: unknown option '-x'; see --genhash --help")]
    [InlineData("page", "genhash: unexpected argument 'page'")]
    public void What_is_wrong_is_named(string arguments, string message) => Assert.Equal(
        message, Assert.Throws<FormatException>(() => GenhashOptions.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Message);

    [Fact]
    public async Task The_program_prints_the_digest_or_why_there_is_none()
    {
        using CheckServer server = Behaviour.Server("good", null, "HTTP/1.0 200 OK\r\n\r\nhello");
        using CheckServer refusing = CheckServer.Refusing();
        Assert.Equal((0, "5d41402abc4b2a76b9719d911017c592\n", ""), await RunAsync(server.Port));
        Assert.Equal((1, "", "keepalived-es: genhash: connection refused\n"), await RunAsync(refusing.Port));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(int port)
    {
        (StringWriter output, StringWriter error) = (new StringWriter(), new StringWriter());
        int code = await GenhashCommand.RunAsync(["-s", "127.0.0.1", "-p", $"{port}", "-u", "/"], output, error);
        return (code, $"{output}", $"{error}");
    }
}
