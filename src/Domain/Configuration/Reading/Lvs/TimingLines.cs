using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads the timing keywords, which virtual servers, real servers and checks share.</summary>
internal static class TimingLines
{
    private const int RiseMaximum = 100;

    /// <returns>False: not a timing keyword.</returns>
    internal static bool TryRead(CheckDefaults defaults, Statement statement, ValueReader values, bool inCheck)
    {
        switch (statement.Keyword)
        {
            case "delay_loop":
                defaults.DelayLoop = ServerAddress.Period(statement, values) ?? defaults.DelayLoop;
                return true;
            case "retry" or "nb_get_retry":
                defaults.Retry = values.Integer(statement, inCheck ? 0 : 1, uint.MaxValue) ?? defaults.Retry;
                return true;
            case "delay_before_retry":
                defaults.DelayBeforeRetry = ServerAddress.Delay(statement, values) ?? defaults.DelayBeforeRetry;
                return true;
            case "warmup":
                defaults.Warmup = ServerAddress.Delay(statement, values) ?? defaults.Warmup;
                return true;
            case "connect_timeout":
                defaults.ConnectTimeout = ServerAddress.Timeout(statement, values) ?? defaults.ConnectTimeout;
                return true;
            case "rise":
                defaults.Rise = (int?)values.Integer(statement, 1, RiseMaximum) ?? defaults.Rise;
                return true;
            case "virtualhost":
                defaults.VirtualHost = values.One(statement)?.Text ?? defaults.VirtualHost;
                return true;
            default:
                return false;
        }
    }
}
