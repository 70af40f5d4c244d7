using System.Text;
using Keepalived.Es.Domain.Configuration.Lvs;
using Keepalived.Es.Domain.Health.Protocols;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Health;

public sealed class HttpRequestTests
{
    [Theory]                                                     // as keepalived 2.2.7 sends them
    [InlineData(HttpProtocol.Http10, "GET /a HTTP/1.0|User-Agent: KeepAliveClient|Host: h||")]
    [InlineData(HttpProtocol.Http10Close, "GET /a HTTP/1.0|User-Agent: KeepAliveClient|Connection: close|Host: h||")]
    [InlineData(HttpProtocol.Http10CapitalClose, "GET /a HTTP/1.0|User-Agent: KeepAliveClient|Connection: Close|Host: h||")]
    [InlineData(HttpProtocol.Http11, "GET /a HTTP/1.1|User-Agent: KeepAliveClient|Connection: close|Host: h||")]
    public void A_request_has_keepaliveds_fields_in_its_order(HttpProtocol protocol, string expected) =>
        Assert.Equal(expected.Replace("|", "\r\n", StringComparison.Ordinal), Encoding.UTF8.GetString(HttpRequest.Write("/a", "h", protocol)));

    [Theory]                                                     // RFC 3986 section 3.2.2
    [InlineData("192.0.2.1", 80, "192.0.2.1:80")]
    [InlineData("192.0.2.1", 0, "192.0.2.1")]
    [InlineData("2001:db8::1", 8080, "[2001:db8::1]:8080")]
    public void A_server_without_a_virtual_host_is_named_by_its_address(string address, int port, string host) =>
        Assert.Equal(host, HttpRequest.HostOf(RouterAddress.Parse(address), (ushort)port));

    [Theory]
    [InlineData("/a\r\nX: y", "path '/a??X: y' has the character 13, which cannot stand in a request: write it as %0D")]
    [InlineData("/a b", "path '/a b' has the character 32, which cannot stand in a request: write it as %20")]
    [InlineData("", "path is empty")]
    [InlineData("/ä?b=c", null)]
    public void A_text_that_would_break_the_request_is_complained_of(string path, string? complaint) => Assert.Equal(complaint, HttpRequest.Complaint("path", path));
}
