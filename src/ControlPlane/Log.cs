namespace Keepalived.Es.ControlPlane;

/// <summary>Everything that the control plane logs, numbered.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "A batch was refused with {Status}: {Problem}")]
    internal static partial void IngestRefused(this ILogger log, int status, string problem);

    [LoggerMessage(2, LogLevel.Error, "The database does not answer: {Problem}. {Requests} requests were answered with 503 since this was last said")]
    internal static partial void DatabaseUnavailable(this ILogger log, string problem, int requests);

    [LoggerMessage(3, LogLevel.Warning, "The projection {Projection} stopped and tries again: {Problem}")]
    internal static partial void ProjectionFailed(this ILogger log, string projection, string problem);

    [LoggerMessage(8, LogLevel.Information, "This server runs the projection {Shard}, from position {Position}")]
    internal static partial void ProjectionOwned(this ILogger log, string shard, long position);

    [LoggerMessage(9, LogLevel.Information, "The projection {Projection} was rebuilt: version {Version} is read from now on, at position {Position}")]
    internal static partial void ProjectionRebuilt(this ILogger log, string projection, int version, long position);

    [LoggerMessage(10, LogLevel.Warning, "The rebuild of the projection {Projection} stopped and tries again: {Problem}")]
    internal static partial void RebuildFailed(this ILogger log, string projection, string problem);

    [LoggerMessage(11, LogLevel.Information, "By the retention rules {Streams} streams were archived")]
    internal static partial void Retained(this ILogger log, int streams);

    [LoggerMessage(12, LogLevel.Warning, "The retention rules could not be applied and will be in an hour: {Problem}")]
    internal static partial void RetentionFailed(this ILogger log, string problem);

    [LoggerMessage(13, LogLevel.Information, "The node {Node} signs what it sends from now on, with the key {Key}")]
    internal static partial void KeyEnrolled(this ILogger log, string node, string key);

    [LoggerMessage(14, LogLevel.Warning, "A Merkle root could not be added or kept outside, and will be tried again: {Problem}")]
    internal static partial void AnchorFailed(this ILogger log, string problem);

    [LoggerMessage(4, LogLevel.Information, "PostgreSQL of our own: {What}")]
    internal static partial void Embedded(this ILogger log, string what);

    [LoggerMessage(5, LogLevel.Information, "Listening on {Address}; data in {Data}; database {Database}")]
    internal static partial void Serving(this ILogger log, string address, string data, string database);

    [LoggerMessage(6, LogLevel.Error, "A request failed")]
    internal static partial void RequestFailed(this ILogger log, Exception failure);

    [LoggerMessage(7, LogLevel.Warning,
        "{Address} is plain HTTP beyond this machine: tokens and events can be read on the way; use https with --certificate and --key")]
    internal static partial void PlainHttp(this ILogger log, string address);

    [LoggerMessage(13, LogLevel.Warning, "Hooks for incidents wait: {Problem}")]
    internal static partial void IncidentHooksWait(this ILogger log, string problem);

    [LoggerMessage(14, LogLevel.Information, "A hook for incidents says: {Text} {Properties}")]
    internal static partial void IncidentHookSays(this ILogger log, string text, string properties);

    [LoggerMessage(15, LogLevel.Debug, "{Hook} called {Function}{Arguments}: {Answer}")]
    internal static partial void IncidentHookCalled(this ILogger log, string hook, string function, string arguments, string answer);
}
