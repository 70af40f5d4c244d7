namespace Keepalived.Es.ControlPlane;

/// <summary>Everything that the control plane logs, numbered.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "A batch was refused with {Status}: {Problem}")]
    internal static partial void IngestRefused(this ILogger log, int status, string problem);

    [LoggerMessage(2, LogLevel.Error, "The database does not answer: {Problem}. {Requests} requests were answered with 503 since this was last said")]
    internal static partial void DatabaseUnavailable(this ILogger log, string problem, int requests);

    [LoggerMessage(3, LogLevel.Warning, "The projection {Projection} stopped at position {Position} and tries again: {Problem}")]
    internal static partial void ProjectionFailed(this ILogger log, string projection, long position, string problem);

    [LoggerMessage(8, LogLevel.Information, "The projection {Projection} goes on from position {Position}")]
    internal static partial void ProjectionGoesOn(this ILogger log, string projection, long position);

    [LoggerMessage(4, LogLevel.Information, "PostgreSQL of our own: {What}")]
    internal static partial void Embedded(this ILogger log, string what);

    [LoggerMessage(5, LogLevel.Information, "Listening on {Address}; data in {Data}; database {Database}")]
    internal static partial void Serving(this ILogger log, string address, string data, string database);

    [LoggerMessage(6, LogLevel.Error, "A request failed")]
    internal static partial void RequestFailed(this ILogger log, Exception failure);

    [LoggerMessage(7, LogLevel.Warning,
        "{Address} is plain HTTP beyond this machine: tokens and events can be read on the way; use https with --certificate and --key")]
    internal static partial void PlainHttp(this ILogger log, string address);
}
