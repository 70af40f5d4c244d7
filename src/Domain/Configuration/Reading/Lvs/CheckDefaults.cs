namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>
/// Timing that may be given for a virtual server, a real server and a check; null: not given. The innermost that is given counts, and where none
/// is, the default of the check's kind (keepalived.conf(5)).
/// </summary>
internal sealed class CheckDefaults
{
    internal TimeSpan? DelayLoop { get; set; }

    internal long? Retry { get; set; }

    internal TimeSpan? DelayBeforeRetry { get; set; }

    internal TimeSpan? Warmup { get; set; }

    internal TimeSpan? ConnectTimeout { get; set; }

    internal int? Rise { get; set; }

    internal string? VirtualHost { get; set; }

    /// <summary>This where it is given, otherwise the outer one.</summary>
    internal CheckDefaults Within(CheckDefaults outer) => new()
    {
        DelayLoop = DelayLoop ?? outer.DelayLoop,
        Retry = Retry ?? outer.Retry,
        DelayBeforeRetry = DelayBeforeRetry ?? outer.DelayBeforeRetry,
        Warmup = Warmup ?? outer.Warmup,
        ConnectTimeout = ConnectTimeout ?? outer.ConnectTimeout,
        Rise = Rise ?? outer.Rise,
        VirtualHost = VirtualHost ?? outer.VirtualHost,
    };
}
