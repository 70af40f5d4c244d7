using System.Collections.Frozen;
using Keepalived.Es.Domain.Events;

namespace Keepalived.Es.ControlPlane.EventStore;

/// <summary>Values of <c>mt_dotnet_type</c>, made once.</summary>
internal static class DotNetTypes
{
    private static readonly FrozenDictionary<string, string> ByAlias =
        EventCatalog.Aliases.ToFrozenDictionary(alias => alias, alias => EventCatalog.DotNetTypeOf(alias)!, StringComparer.Ordinal);

    /// <returns>For an alias that this program does not know the alias itself: Marten refuses to read a null.</returns>
    internal static string Of(string alias) => ByAlias.GetValueOrDefault(alias, alias);
}
