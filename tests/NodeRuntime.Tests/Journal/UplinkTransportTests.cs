using System.Net;
using System.Text;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using static Keepalived.Es.NodeRuntime.Tests.Journal.JournalFixture;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <summary>What a request carries besides the batch: the node's signature, and how the clocks stand.</summary>
public sealed class UplinkTransportTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Answering _server = new();
    private readonly HttpClient _client;

    public UplinkTransportTests() => _client = new HttpClient(_server) { BaseAddress = new Uri("http://127.0.0.1:1/") };

    private string KeyFile => Path.Combine(_directory.Path, NodeKey.FileName);

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_batch_is_signed_by_a_key_that_stays()
    {
        List<JournalRecord> batch = Written();
        await PostAsync(batch);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        await PostAsync(batch[..2]);
        Assert.Equal(_server.Header(0, HeadSignature.KeyHeader), _server.Header(1, HeadSignature.KeyHeader));
        for (int request = 0; request < 2; request++)
        {
            JournalRecord last = batch[2 - request];
            byte[] key = Convert.FromBase64String(_server.Header(request, HeadSignature.KeyHeader)!);
            byte[] signature = Convert.FromBase64String(_server.Header(request, HeadSignature.SignatureHeader)!);
            Assert.True(HeadSignature.Verify(key, HeadSignature.Statement(Node, "boot-1", last.Sequence, last.Hash), signature));
            Assert.False(HeadSignature.Verify(key, HeadSignature.Statement(Node, "boot-1", last.Sequence + 1, last.Hash), signature));
        }
    }

    [Fact]
    public async Task A_heartbeat_needs_no_key_and_one_that_is_broken_is_not_replaced()
    {
        await PostAsync([]);
        Assert.False(File.Exists(KeyFile));
        File.WriteAllText(KeyFile, "broken");
        await PostAsync(Written());
        Assert.Equal((null, "broken"), (_server.Header(1, HeadSignature.SignatureHeader), File.ReadAllText(KeyFile)));
        IOException problem = Assert.Throws<IOException>(() => NodeKey.LoadOrCreate(_directory.Path));
        Assert.Contains($"{KeyFile} cannot be used", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_estimate_of_one_answer_goes_with_the_next_request()
    {
        using var transport = new UplinkTransport(_client, _directory.Path, TimeProvider.System);
        _server.Ahead = TimeSpan.FromSeconds(-3);                // the node is three seconds ahead
        await transport.PostAsync([], TestContext.Current.CancellationToken);
        await transport.PostAsync([], TestContext.Current.CancellationToken);
        Assert.Null(_server.Header(0, ClockEstimate.Header));
        ClockEstimate estimate = ClockEstimate.Parse(_server.Header(1, ClockEstimate.Header)!)!.Value;
        TimeSpan error = (estimate.Offset - TimeSpan.FromSeconds(3)).Duration();
        Assert.True(error <= estimate.Bound + TimeSpan.FromMicroseconds(1), $"{estimate}");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", "http://127.0.0.2:2/v1/ingest", true)]
    [InlineData("http://127.0.0.1:1/", "https://127.0.0.2:2/v1/ingest", true)]
    [InlineData("https://127.0.0.1:1/", "https://127.0.0.2:2/v1/ingest", true)]
    [InlineData("http://127.0.0.1:1/kes", "http://127.0.0.2:2/other/v1/ingest", true)]
    [InlineData("https://127.0.0.1:1/", "http://127.0.0.2:2/v1/ingest", false)]
    [InlineData("http://127.0.0.1:1/", "http://127.0.0.2:2/login", false)]
    [InlineData("http://127.0.0.1:1/", "ftp://127.0.0.2:2/v1/ingest", false)]
    [InlineData("http://127.0.0.1:1/", null, false)]
    public async Task It_goes_on_at_another_control_plane_only_if_nobody_reads_the_token_on_the_way(string configured, string? location, bool followed)
    {
        using var client = new HttpClient(_server) { BaseAddress = new Uri(configured) };
        using var transport = new UplinkTransport(client, _directory.Path, TimeProvider.System);
        _server.Ahead = TimeSpan.FromSeconds(-3);
        await transport.PostAsync([], TestContext.Current.CancellationToken);
        _server.Location = location;
        UplinkAnswer answer = await transport.PostAsync(Written(), TestContext.Current.CancellationToken);
        await transport.PostAsync([], TestContext.Current.CancellationToken);
        string ingest = configured.TrimEnd('/') + "/v1/ingest";
        Assert.Equal(followed ? [ingest, ingest, location!, location!] : [ingest, ingest, ingest], _server.Addresses);
        Assert.Equal(followed ? HttpStatusCode.OK : HttpStatusCode.PermanentRedirect, answer.Status);
        if (followed)
        {
            Assert.Equal(_server.Header(1, HeadSignature.SignatureHeader) is null, _server.Header(2, HeadSignature.SignatureHeader) is null);
            Assert.NotNull(_server.Header(2, HeadSignature.SignatureHeader));
            Assert.Null(_server.Header(2, ClockEstimate.Header));       // it was of another control plane's clock
        }
        else
        {
            Assert.StartsWith("it sends us on to", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Where_the_node_is_not_known_it_goes_back_to_the_configured_one()
    {
        using var transport = new UplinkTransport(_client, _directory.Path, TimeProvider.System);
        _server.Location = "http://127.0.0.2:2/v1/ingest";
        await transport.PostAsync([], TestContext.Current.CancellationToken);
        _server.Status = HttpStatusCode.Unauthorized;
        await transport.PostAsync([], TestContext.Current.CancellationToken);
        _server.Status = HttpStatusCode.OK;
        await transport.PostAsync([], TestContext.Current.CancellationToken);
        Assert.Equal(["127.0.0.1", "127.0.0.2", "127.0.0.2", "127.0.0.1"], _server.Addresses.Select(address => new Uri(address).Host));
    }

    private List<JournalRecord> Written()
    {
        using (JournalStore store = JournalStore.Open(_directory.Path, Node, "boot-1"))
        {
            store.Append([Numbered(1), Numbered(2), Numbered(3)], new CauseTable());
        }

        return ReadAll(_directory.Path);
    }

    private async Task PostAsync(List<JournalRecord> batch)
    {
        using var transport = new UplinkTransport(_client, _directory.Path, TimeProvider.System);
        await transport.PostAsync(batch, TestContext.Current.CancellationToken);
    }

    /// <summary>A control plane that says what time it is.</summary>
    private sealed class Answering : HttpMessageHandler
    {
        private readonly List<Dictionary<string, string>> _requests = [];

        internal TimeSpan Ahead { get; set; }

        /// <summary>Given once with 308.</summary>
        internal string? Location { get; set; } = "";

        internal HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        internal List<string> Addresses { get; } = [];

        internal string? Header(int request, string name) => _requests[request].GetValueOrDefault(name);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Addresses.Add(request.RequestUri!.AbsoluteUri);
            _requests.Add(request.Headers.ToDictionary(header => header.Key, header => header.Value.Single()));
            if (Location != "")
            {
                var moved = new HttpResponseMessage(HttpStatusCode.PermanentRedirect) { Content = new StringContent("{}") };
                moved.Headers.Location = Location is null ? null : new Uri(Location);
                Location = "";
                return Task.FromResult(moved);
            }

            string now = (DateTimeOffset.UtcNow + Ahead).ToString("O");
            return Task.FromResult(new HttpResponseMessage(Status)
            {
                Content = new StringContent($$"""{"hlc":"0000000000000000","received":"{{now}}","answered":"{{now}}"}""", Encoding.UTF8, "application/json"),
            });
        }
    }
}
