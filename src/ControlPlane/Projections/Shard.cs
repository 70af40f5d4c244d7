using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Keepalived.Es.ControlPlane.Projections;

/// <summary>One version of a projection.</summary>
internal static class Shard
{
    /// <summary>Name in <c>mt_event_progression</c>, in Marten's form: <c>KesBoard:All</c>, <c>KesBoard:V2:All</c>.</summary>
    internal static string Name(string projection, int version) => version == 1 ? $"{projection}:All" : $"{projection}:V{version}:All";

    internal static string Name(IProjection projection) => Name(projection.Name, projection.Version);

    /// <summary>Key of the advisory lock that the shard's owner holds.</summary>
    internal static long LockKey(string schema, string shard) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"kes projection {schema} {shard}")));
}
