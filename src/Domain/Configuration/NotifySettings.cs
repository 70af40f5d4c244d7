using System.Collections.Immutable;

namespace Keepalived.Es.Domain.Configuration;

/// <summary>A command of a <c>notify…</c> keyword or of a <c>vrrp_script</c>.</summary>
/// <param name="Command">Program and arguments.</param>
/// <param name="User">Null: <c>script_user</c>.</param>
/// <param name="Group">Null: the user's primary group.</param>
public sealed record ScriptCommand(ImmutableArray<string> Command, SourceSpan Span, string? User = null, string? Group = null);

/// <summary>The <c>notify…</c> keywords of an instance or a sync group; null: not given.</summary>
/// <param name="Deleted"><c>notify_deleted</c> of an instance: run when a reload removes it.</param>
/// <param name="TellsDeleted"><c>notify_deleted</c> with or without a script: a removed instance is told of as DELETED and not as FAULT.</param>
public sealed record NotifyScripts(
    ScriptCommand? Master = null,
    ScriptCommand? Backup = null,
    ScriptCommand? Fault = null,
    ScriptCommand? Stop = null,
    ScriptCommand? Any = null,
    ScriptCommand? MasterReceivedLowerPriority = null,
    ScriptCommand? Deleted = null,
    bool TellsDeleted = false)
{
    public static readonly NotifyScripts None = new();

    /// <summary>All that are given, with their keywords.</summary>
    public IEnumerable<(string Keyword, ScriptCommand Script)> Given()
    {
        foreach ((string keyword, ScriptCommand? script) in ((string, ScriptCommand?)[])
                 [
                     ("notify_master", Master), ("notify_backup", Backup), ("notify_fault", Fault), ("notify_stop", Stop), ("notify", Any),
                     ("notify_master_rx_lower_pri", MasterReceivedLowerPriority), ("notify_deleted", Deleted),
                 ])
        {
            if (script is not null)
            {
                yield return (keyword, script);
            }
        }
    }
}

/// <summary><c>notify_fifo</c> or <c>vrrp_notify_fifo</c>.</summary>
/// <param name="User">Owner of the FIFO; null: the daemon's own user.</param>
/// <param name="Group">Null: the user's primary group.</param>
/// <param name="Script">Its reader, started by the daemon with the path as its last argument; null: none.</param>
public sealed record FifoSettings(string Path, SourceSpan Span, string? User = null, string? Group = null, ScriptCommand? Script = null);

/// <summary>Where mail goes, and from whom. Nothing is sent unless there are recipients and a server.</summary>
public sealed record MailSettings
{
    /// <summary><c>notification_email</c>.</summary>
    public ImmutableArray<string> Recipients { get; init; } = [];

    /// <summary><c>notification_email_from</c>; null: the daemon's user at this host.</summary>
    public string? From { get; init; }

    /// <summary><c>smtp_server</c>: address or name; null: no mail is sent.</summary>
    public string? Server { get; init; }

    /// <summary>1 to 65535.</summary>
    public int Port { get; init; } = 25;

    /// <summary><c>smtp_helo_name</c>; null: the host's name.</summary>
    public string? HeloName { get; init; }

    /// <summary><c>smtp_connect_timeout</c>, 1 to 4294 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary><c>no_email_faults</c>: no mail when an instance enters Fault.</summary>
    public bool NoFaults { get; init; }

    /// <summary>There is somebody to send to and a server to send by.</summary>
    public bool IsUsable => Server is not null && !Recipients.IsEmpty;
}

/// <summary><c>startup_script</c> or <c>shutdown_script</c>.</summary>
/// <param name="TimeLimit">1 to 1000 s; default 10 s.</param>
public sealed record LifeScript(ScriptCommand Script, TimeSpan TimeLimit);
