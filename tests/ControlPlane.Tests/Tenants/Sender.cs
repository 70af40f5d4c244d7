using System.Text.Json;
using Keepalived.Es.ControlPlane.Tests.Support;
using Keepalived.Es.ControlPlane.Tests.Verify;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.Tests.Tenants;

/// <summary>A node that signs, and sends its journal from the head that was acknowledged on, to whatever server.</summary>
internal sealed class Sender(NodeScript script, string token) : IDisposable
{
    private readonly SigningNode _key = new(script);

    internal NodeScript Script => script;

    internal string Token => token;

    /// <summary>Sequence of the last record that a server has acknowledged.</summary>
    internal long Acknowledged { get; private set; }

    /// <summary>Enrolls the node.</summary>
    internal static async Task<Sender> AtAsync(TestServer server, NodeScript script, string site = TestStore.Tenant) =>
        new(script, await server.EnrollAsync(script.Node, site));

    /// <summary>Sends the next records, or a heartbeat if there are none.</summary>
    internal async Task<(int Status, JsonElement Body, string? Location, string? RetryAfter)> SendAsync(TestServer server, int count)
    {
        long first = Acknowledged + 1;
        (string, string)[] signature = count == 0
            ? [] : [(HeadSignature.KeyHeader, _key.PublicKey), (HeadSignature.SignatureHeader, _key.Sign(Acknowledged + count))];
        (int status, JsonElement body, var headers) = await server.IngestAsync(token, count == 0 ? [] : script.Bytes(first, count), headers: signature);
        if (status == 200 && count > 0)
        {
            Acknowledged = body.GetProperty("acknowledged").GetInt64();
        }

        return (status, body, headers.Location?.ToString(), headers.RetryAfter?.ToString());
    }

    public void Dispose() => _key.Dispose();
}
