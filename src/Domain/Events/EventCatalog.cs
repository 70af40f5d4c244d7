using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Keepalived.Es.Domain.Events;

/// <summary>All events by alias and by type: the one place that turns an event into its stored form and back.</summary>
public static class EventCatalog
{
    private static readonly Type[] Types =
    [
        typeof(NodeStarted), typeof(NodeStopped), typeof(ConfigurationLoaded), typeof(ConfigurationRejected), typeof(ConfigurationReloaded),
        typeof(LinkChanged), typeof(EventsLost), typeof(Degraded), typeof(ClockStepped), typeof(InstanceConfigured), typeof(InstanceBecameMaster), typeof(InstanceBecameBackup),
        typeof(InstanceEnteredFault), typeof(InstanceStopped), typeof(PriorityChanged), typeof(AdvertisementDigest), typeof(InputsRecorded),
        typeof(AdvertisementsRejected), typeof(LowerPriorityMasterHeard), typeof(TimerLate), typeof(AddressAdded), typeof(AddressRemoved),
        typeof(AddressLost), typeof(GratuitousArpSent), typeof(HookStarted), typeof(HookFinished),
        typeof(HookHostCalled), typeof(HookReported), typeof(TrackScriptChanged), typeof(TrackRunSkipped),
        typeof(VirtualServerConfigured), typeof(VirtualServerRemoved), typeof(CheckChanged), typeof(ChecksNotMade), typeof(ChecksLate), typeof(RealServerUp),
        typeof(RealServerDown), typeof(RealServerWeightChanged), typeof(RealServerDrained), typeof(QuorumGained), typeof(QuorumLost),
        typeof(PoolChanged), typeof(PoolCorrected), typeof(SyncDaemonChanged), typeof(BfdSessionChanged), typeof(CommandAcknowledged),
        typeof(IncidentOpened), typeof(IncidentChanged), typeof(IncidentClosed), typeof(IncidentAnnotated), typeof(IncidentAcknowledged),
        typeof(IncidentAssigned), typeof(IncidentHookRan),
    ];

    private static readonly FrozenDictionary<Type, string> AliasByType =
        Types.ToFrozenDictionary(type => type, type => type.GetCustomAttribute<EventAliasAttribute>()!.Alias);

    private static readonly FrozenDictionary<string, Type> TypeByAlias =
        AliasByType.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Every alias that is written or read, sorted.</summary>
    public static IReadOnlyList<string> Aliases { get; } = [.. TypeByAlias.Keys.Order(StringComparer.Ordinal)];

    /// <exception cref="ArgumentException">The type is not an event of the catalog.</exception>
    public static string AliasOf(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return AliasByType.TryGetValue(@event.GetType(), out string? alias)
            ? alias
            : throw new ArgumentException($"{@event.GetType()} is not in the event catalog", nameof(@event));
    }

    /// <summary>The value of Marten's <c>mt_dotnet_type</c>: "Namespace.Type, Assembly".</summary>
    public static string? DotNetTypeOf(string alias) =>
        TypeByAlias.TryGetValue(alias, out Type? type) ? $"{type.FullName}, {type.Assembly.GetName().Name}" : null;

    public static JsonElement Serialize(object @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return JsonSerializer.SerializeToElement(@event, TypeInfo(@event.GetType()));
    }

    /// <summary>Reads an event back; null when the alias is unknown, which a reader must survive (an older program reads a newer store).</summary>
    /// <exception cref="JsonException">The body does not fit the alias.</exception>
    public static object? Deserialize(string alias, JsonElement data) =>
        TypeByAlias.TryGetValue(alias, out Type? type) ? data.Deserialize(TypeInfo(type)) : null;

    /// <summary>The stream that an event belongs to.</summary>
    public static string StreamOf(IStoredEvent @event) => @event switch
    {
        IInstanceEvent e => $"vrrp/{e.Node}/{e.Instance}",
        IHookEvent e => $"hook/{e.Node}/{e.Hook}",
        IHealthEvent e => $"health/{e.Node}/{e.Service}",
        INodeEvent e => $"node/{e.Node}",
        IIncidentEvent e => $"incident/{e.Incident}",
        _ => throw new ArgumentException($"{@event.GetType()} belongs to no stream", nameof(@event)),
    };

    private static JsonTypeInfo TypeInfo(Type type) =>
        EventJson.Default.GetTypeInfo(type) ?? throw new ArgumentException($"{type} is not in the event catalog", nameof(type));
}
