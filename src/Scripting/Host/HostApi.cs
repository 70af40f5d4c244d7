namespace Keepalived.Es.Scripting.Host;

/// <summary>What <c>hooks/keepalived-es.d.ts</c> promises to scripts.</summary>
public static class HostApi
{
    /// <summary>Names of all host functions. One that a node does not offer is there too, and answers that it is not.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "mysql.query", "mysql.exec", "mysql.waitGtid", "http.fetch", "exec.run", "log.debug", "log.info", "log.warn", "log.error", "sleep",
        "kv.get", "kv.put", "kv.cas", "kv.del", "events.append", "hook.isCurrent",
    ];
}
