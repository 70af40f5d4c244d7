namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>
/// What an instance copies from <c>global_defs</c> at the moment its block opens: a later <c>global_defs</c> changes later instances only.
/// Null: not given.
/// </summary>
internal sealed record InstanceDefaults
{
    internal byte Version { get; init; } = 2;

    internal int DownTimerAdverts { get; init; } = 3;

    internal bool MinimalGarp { get; init; }

    internal int? GarpRepeat { get; init; }

    internal TimeSpan? GarpDelay { get; init; }

    internal TimeSpan? GarpRefresh { get; init; }

    internal int? GarpRefreshRepeat { get; init; }

    internal int? GarpLowerPriorityRepeat { get; init; }

    internal TimeSpan? GarpLowerPriorityDelay { get; init; }

    internal bool LowerPriorityNoAdvert { get; init; }

    internal bool HigherPrioritySendAdvert { get; init; }

    internal bool OwnerIgnoreAdverts { get; init; }

    internal bool CheckUnicastSource { get; init; }

    internal bool SkipCheckAdvertisedAddresses { get; init; }

    internal bool Version3ChecksumAsVersion2 { get; init; }

    internal bool NotifyPriorityChanges { get; init; }
}
