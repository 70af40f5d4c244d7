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

        internal string? Header(int request, string name) => _requests[request].GetValueOrDefault(name);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _requests.Add(request.Headers.ToDictionary(header => header.Key, header => header.Value.Single()));
            string now = (DateTimeOffset.UtcNow + Ahead).ToString("O");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent($$"""{"hlc":"0000000000000000","received":"{{now}}","answered":"{{now}}"}""", Encoding.UTF8, "application/json"),
            });
        }
    }
}
