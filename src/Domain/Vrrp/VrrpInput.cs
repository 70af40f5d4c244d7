using System.Text.Json.Serialization;

namespace Keepalived.Es.Domain.Vrrp;

public enum VrrpInputKind : byte
{
    /// <summary>The daemon starts the instance. Carries the source address and the faults found.</summary>
    Startup,

    /// <summary>A deadline of the state has been reached.</summary>
    DeadlineReached,

    /// <summary>A valid advertisement of this virtual router arrived.</summary>
    AdvertisementReceived,

    /// <summary>The set of fault reasons or the source address changed. Carries both.</summary>
    EnvironmentChanged,

    /// <summary>The effective priority changed. Carries it.</summary>
    PriorityChanged,

    /// <summary>The sync group becomes Master now.</summary>
    SyncToMaster,

    /// <summary>The sync group falls back to Backup.</summary>
    SyncToBackup,

    /// <summary>A virtual address was removed by somebody else while Master.</summary>
    AddressLost,

    /// <summary>The daemon stops the instance.</summary>
    Shutdown,

    /// <summary>A reload: the configuration that is handed over with it is the new one. Carries the source address, the faults and the priority that hold with it.</summary>
    Reconfigured,

    /// <summary>A reload: the new configuration does not have the instance any more.</summary>
    Removed,
}

/// <summary>One thing that happened to an instance. Only the fields that the kind names are set.</summary>
public readonly record struct VrrpInput(VrrpInputKind Kind)
{
    /// <summary>Of <see cref="VrrpInputKind.AdvertisementReceived"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Advertisement Advertisement { get; init; }

    /// <summary>Of <see cref="VrrpInputKind.Startup"/>, <see cref="VrrpInputKind.EnvironmentChanged"/> and <see cref="VrrpInputKind.Reconfigured"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FaultReasons Faults { get; init; }

    /// <summary>Of <see cref="VrrpInputKind.Startup"/>, <see cref="VrrpInputKind.EnvironmentChanged"/> and <see cref="VrrpInputKind.Reconfigured"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RouterAddress Source { get; init; }

    /// <summary>Of <see cref="VrrpInputKind.PriorityChanged"/>: 1 to 254; of <see cref="VrrpInputKind.Reconfigured"/>: 1 to 255.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public byte Priority { get; init; }

    /// <summary>Of <see cref="VrrpInputKind.Reconfigured"/>: what the running Master-down timer becomes longer by; negative: shorter.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TimeSpan TimerShift { get; init; }

    /// <summary>Of <see cref="VrrpInputKind.Reconfigured"/>: the list of addresses has new ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasNewAddresses { get; init; }

    public static VrrpInput Startup(RouterAddress source, FaultReasons faults = FaultReasons.None) =>
        new(VrrpInputKind.Startup) { Source = source, Faults = faults };

    public static VrrpInput Deadline() => new(VrrpInputKind.DeadlineReached);

    public static VrrpInput Heard(RouterAddress source, byte priority, TimeSpan adverInterval) =>
        new(VrrpInputKind.AdvertisementReceived) { Advertisement = new Advertisement(source, priority, adverInterval) };

    public static VrrpInput Environment(RouterAddress source, FaultReasons faults) =>
        new(VrrpInputKind.EnvironmentChanged) { Source = source, Faults = faults };

    /// <summary>A reload as the machine sees it. The former configuration is needed for the difference of its timers alone, so that the input stands for itself.</summary>
    /// <param name="before">Configuration until now.</param>
    /// <param name="after">Configuration from here on.</param>
    /// <param name="state">State until now.</param>
    /// <param name="source">Address to send from.</param>
    /// <param name="faults">Fault reasons that hold with the new configuration.</param>
    /// <param name="priority">Effective priority with the new configuration.</param>
    /// <param name="hasNewAddresses">The list of addresses has new ones.</param>
    public static VrrpInput Reconfigured(
        VrrpConfig before, VrrpConfig after, in VrrpState state, RouterAddress source, FaultReasons faults, byte priority, bool hasNewAddresses)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return new VrrpInput(VrrpInputKind.Reconfigured)
        {
            Source = source,
            Faults = faults,
            Priority = priority,
            TimerShift = VrrpTimers.Shift(before, after, in state, priority),
            HasNewAddresses = hasNewAddresses,
        };
    }

    public static VrrpInput SetPriority(byte priority) => new(VrrpInputKind.PriorityChanged) { Priority = priority };
}

/// <summary>One input with the moment it was handed to the machine: what the flight recorder keeps.</summary>
/// <param name="At">Monotonic time since boot.</param>
public readonly record struct RecordedInput(TimeSpan At, VrrpInput Input);
