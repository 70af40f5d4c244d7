using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.Host;

namespace Keepalived.Es.Scripting.Tests.Host;

public sealed class FetchFunctionTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private string _heard = "";

    public FetchFunctionTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_listed_host_is_asked_and_its_answer_given_back()
    {
        Task serving = ServeAsync("HTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 3\r\n\r\né!");
        JsonObject answer = await Fetch("""{"method":"post","url":"URL/a?b","headers":{"X-Q":"1"},"body":"é"}""");
        await serving;
        Assert.Equal("""{"ok":true,"status":201,"headers":{"x-a":"b","content-length":"3"},"body":"é!"}""", HostFunctionTests.Plain(answer));
        Assert.StartsWith("POST /a?b HTTP/1.1\r\n", _heard, StringComparison.Ordinal);
        Assert.Contains("X-Q: 1\r\n", _heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_an_answer_and_is_not_followed()
    {
        Task serving = ServeAsync("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n");
        JsonObject answer = await Fetch("""{"url":"URL/"}""");
        await serving;
        Assert.Equal(302, answer["status"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused()
    {
        Task serving = ServeAsync("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + new string('x', 2000));
        Assert.Contains("is too long, allowed 0 to 1000 bytes", HostFunctionTests.Plain(await Fetch("""{"url":"URL/"}""")), StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_waited_for_only_so_long() =>
        Assert.Contains("no whole answer", HostFunctionTests.Plain(await Fetch("""{"url":"URL/","timeoutMs":100}""")), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"url":"http://localhost:1/"}""", "localhost:1 is not allowed, allowed: 127.0.0.1:")]
    [InlineData("""{"url":"http://169.254.169.254/latest"}""", "169.254.169.254:80 is not allowed")]
    [InlineData("""{"url":"file:///etc/passwd"}""", "is no URL of http or https")]
    [InlineData("""{"url":"http://a:b@127.0.0.1/"}""", "is no URL of http or https without a user")]
    [InlineData("""{"url":7}""", "7 is no URL")]
    [InlineData("""{"url":"URL/","method":"A B"}""", "is no method")]
    [InlineData("""{"url":"URL/","headers":{"Host":"other"}}""", "the header 'Host' is not allowed")]
    [InlineData("""{"url":"URL/","headers":{"X":"a\r\nY: b"}}""", "the header 'X' is not allowed")]
    [InlineData("7", "an object {method, url, headers, body, timeoutMs} is wanted")]
    [InlineData("""{"url":"http://[::1]:1/"}""", "http.fetch: http://[::1]:1/: ")]
    public async Task What_is_not_allowed_says_why(string options, string error)
    {
        JsonObject answer = await Fetch(options);
        Assert.False(answer["ok"]!.GetValue<bool>());
        Assert.Contains(error, answer["error"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("169.254.169.254", true)]
    [InlineData("::ffff:169.254.169.254", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00:ec2::254", true)]
    [InlineData("100.100.100.200", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("fd00::1", false)]
    public void Addresses_of_metadata_services_are_known(string address, bool refused) =>
        Assert.Equal(refused, FetchFunction.IsLinkLocal(IPAddress.Parse(address)));

    private async Task<JsonObject> Fetch(string options)
    {
        using var function = new FetchFunction(new FetchSettings([$"127.0.0.1:{Port}", "[::1]:1"], 1000, TimeSpan.FromSeconds(30)));
        return await HostFunctionTests.Ask(function, $"[{options.Replace("URL", $"http://127.0.0.1:{Port}", StringComparison.Ordinal)}]");
    }

    private async Task ServeAsync(string answer)
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        byte[] buffer = new byte[4096];
        int count = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
        _heard = Encoding.UTF8.GetString(buffer, 0, count);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(answer), TestContext.Current.CancellationToken);
        await client.GetStream().FlushAsync(TestContext.Current.CancellationToken);
    }
}
