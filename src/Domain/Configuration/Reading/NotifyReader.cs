using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads the <c>notify...</c> keywords of instances and sync groups. Each may be given once.</summary>
internal static class NotifyReader
{
    internal static NotifyScripts Read(NotifyScripts scripts, Statement statement, DiagnosticLog log)
    {
        if (statement is { Keyword: "notify_deleted", Words.Length: 1 })
        {
            return scripts with { TellsDeleted = true };
        }

        if (ScriptReader.Read(statement, log) is not { } script)
        {
            return scripts;
        }

        (ScriptCommand? before, NotifyScripts after) = statement.Keyword switch
        {
            "notify_master" => (scripts.Master, scripts with { Master = script }),
            "notify_backup" => (scripts.Backup, scripts with { Backup = script }),
            "notify_fault" => (scripts.Fault, scripts with { Fault = script }),
            "notify_stop" => (scripts.Stop, scripts with { Stop = script }),
            "notify_master_rx_lower_pri" => (scripts.MasterReceivedLowerPriority, scripts with { MasterReceivedLowerPriority = script }),
            "notify_deleted" => (scripts.Deleted, scripts with { Deleted = script, TellsDeleted = true }),
            _ => (scripts.Any, scripts with { Any = script }),
        };
        if (before is null)
        {
            return after;
        }

        log.Error(
            DiagnosticCodes.Repeated, statement.Span, $"{statement.Keyword} is already given at {before.Span}: only one command can be run");
        return scripts;
    }
}
