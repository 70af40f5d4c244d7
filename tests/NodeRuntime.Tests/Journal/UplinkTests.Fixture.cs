using System.Net.Http.Headers;
using Keepalived.Es.NodeRuntime.Journal;
using Keepalived.Es.NodeRuntime.Tests.Support;
using Microsoft.Data.Sqlite;
using static Keepalived.Es.NodeRuntime.Tests.Journal.JournalFixture;

namespace Keepalived.Es.NodeRuntime.Tests.Journal;

/// <content>Journals, uplinks and what has arrived.</content>
public sealed partial class UplinkTests
{
    private void Write(string boot, int first, int count)
    {
        using JournalStore store = JournalStore.Open(_directory.Path, Node, boot);
        store.Append([.. Enumerable.Range(first, count).Select(number => Numbered(number))], new CauseTable());
    }

    private JournalWriter Start(string boot)
    {
        var writer = new JournalWriter(() => JournalStore.Open(_directory.Path, Node, boot), Node, JournalLimits.Default, TimeProvider.System);
        _running.Add(writer);
        return writer;
    }

    private Uplink Uplink(JournalWriter writer, Uri? url = null)
    {
        var uplink = new Uplink(Client(url ?? _plane.Url), _directory.Path, writer, _time);
        _running.Add(uplink);
        return uplink;
    }

    private HttpClient Client(Uri url)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "secret");
        _clients.Add(client);
        return client;
    }

    private async Task StopAsync(JournalWriter writer, Uplink uplink)
    {
        _running.Remove(writer);
        _running.Remove(uplink);
        await writer.DisposeAsync();
        await uplink.DisposeAsync();
    }

    private async Task StopAllAsync()
    {
        foreach (IAsyncDisposable part in _running.ToArray())
        {
            await part.DisposeAsync();
        }

        _running.Clear();
    }

    private Task SentAsync(long count) => Until.TrueAsync(() => _plane.Stored.Count == count, $"{count} records arrive");

    private Task AcknowledgedAsync(long id) => Until.TrueAsync(() => Acknowledged() == id, $"record {id} is acknowledged");

    private long Acknowledged()
    {
        try
        {
            using SqliteConnection connection = JournalStore.Connect(_directory.Path, create: false);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "select id from acknowledged";
            return command.ExecuteScalar() as long? ?? 0;        // the table may be there before its row
        }
        catch (SqliteException)
        {
            return 0;                                            // the file or its tables are not there yet
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private sealed class NeverThere : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("no route to host");
    }
}
