using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Health;

/// <summary>What <see cref="CheckMachine"/> knows of a check.</summary>
/// <param name="Steps">Urls that a round asks for, at least 1.</param>
/// <param name="FastRecovery">No delay between them while Down or at the start.</param>
/// <param name="Alpha">Down until the first round has succeeded.</param>
public sealed record CheckConfig(CheckTiming Timing, bool Alpha = false, int Steps = 1, bool FastRecovery = false)
{
    public static CheckConfig Of(CheckSettings check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return check is HttpCheckSettings http
            ? new CheckConfig(check.Timing, check.Alpha, http.Urls.Length, http.FastRecovery)
            : new CheckConfig(check.Timing, check.Alpha);
    }

    /// <summary>From a try that failed to the next while Down: never more often than the check itself asks.</summary>
    internal TimeSpan DelayWhileDown => Steps > 1 && Timing.DelayBeforeRetry > Timing.DelayLoop ? Timing.DelayBeforeRetry : Timing.DelayLoop;
}
