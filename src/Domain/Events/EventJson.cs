using System.Text.Json.Serialization;

namespace Keepalived.Es.Domain.Events;

/// <summary>
/// How events are written: System.Text.Json as Marten 9 uses it, property names as declared, enumerations by name, a TimeSpan as
/// <c>[d.]hh:mm:ss[.fffffff]</c>. Generated at compile time, so that the daemon can be trimmed.
/// </summary>
[JsonSourceGenerationOptions(
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PreferredObjectCreationHandling = JsonObjectCreationHandling.Replace)]
[JsonSerializable(typeof(NodeStarted))]
[JsonSerializable(typeof(NodeStopped))]
[JsonSerializable(typeof(ConfigurationLoaded))]
[JsonSerializable(typeof(ConfigurationRejected))]
[JsonSerializable(typeof(ConfigurationReloaded))]
[JsonSerializable(typeof(LinkChanged))]
[JsonSerializable(typeof(EventsLost))]
[JsonSerializable(typeof(Degraded))]
[JsonSerializable(typeof(InstanceConfigured))]
[JsonSerializable(typeof(InstanceBecameMaster))]
[JsonSerializable(typeof(InstanceBecameBackup))]
[JsonSerializable(typeof(InstanceEnteredFault))]
[JsonSerializable(typeof(InstanceStopped))]
[JsonSerializable(typeof(PriorityChanged))]
[JsonSerializable(typeof(AdvertisementDigest))]
[JsonSerializable(typeof(InputsRecorded))]
[JsonSerializable(typeof(AdvertisementsRejected))]
[JsonSerializable(typeof(LowerPriorityMasterHeard))]
[JsonSerializable(typeof(TimerLate))]
[JsonSerializable(typeof(AddressAdded))]
[JsonSerializable(typeof(AddressRemoved))]
[JsonSerializable(typeof(AddressLost))]
[JsonSerializable(typeof(GratuitousArpSent))]
[JsonSerializable(typeof(HookStarted))]
[JsonSerializable(typeof(HookFinished))]
[JsonSerializable(typeof(HookHostCalled))]
[JsonSerializable(typeof(HookReported))]
[JsonSerializable(typeof(TrackScriptChanged))]
[JsonSerializable(typeof(TrackRunSkipped))]
[JsonSerializable(typeof(VirtualServerConfigured))]
[JsonSerializable(typeof(VirtualServerRemoved))]
[JsonSerializable(typeof(CheckChanged))]
[JsonSerializable(typeof(ChecksNotMade))]
[JsonSerializable(typeof(RealServerUp))]
[JsonSerializable(typeof(RealServerDown))]
[JsonSerializable(typeof(RealServerWeightChanged))]
[JsonSerializable(typeof(RealServerDrained))]
[JsonSerializable(typeof(QuorumGained))]
[JsonSerializable(typeof(QuorumLost))]
[JsonSerializable(typeof(PoolChanged))]
[JsonSerializable(typeof(PoolCorrected))]
[JsonSerializable(typeof(SyncDaemonChanged))]
[JsonSerializable(typeof(NodeRecord))]
public sealed partial class EventJson : JsonSerializerContext;
