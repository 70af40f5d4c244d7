using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <content>FIFOs, mail, and the scripts at start and stop.</content>
internal sealed partial class GlobalReader
{
    private const int LifeLimitMaximum = 1_000;
    private const int PortMaximum = 65_535;
    private const int DefaultLifeLimit = 10;

    private ScriptCommand? _startup;
    private ScriptCommand? _shutdown;
    private TimeSpan _startupLimit = TimeSpan.FromSeconds(DefaultLifeLimit);
    private TimeSpan _shutdownLimit = TimeSpan.FromSeconds(DefaultLifeLimit);
    private FifoSettings? _fifo;
    private FifoSettings? _vrrpFifo;
    private ScriptCommand? _fifoScript;
    private ScriptCommand? _vrrpFifoScript;
    private MailSettings _mail = new();
    private bool? _smtpAlert;
    private bool? _smtpAlertVrrp;

    /// <summary>Mail about instances and groups that say nothing of it themselves.</summary>
    internal bool SmtpAlert => _smtpAlertVrrp ?? _smtpAlert ?? false;

    /// <summary>The settings once every <c>global_defs</c> is read.</summary>
    /// <param name="alert">Where the first instance or group that wants mail stands; null: none does.</param>
    internal GlobalSettings Complete(SourceSpan? alert)
    {
        if (_fifo is { } one && _vrrpFifo is { } other && one.Path == other.Path)
        {
            _values.Log.Error(DiagnosticCodes.FifoIncomplete, other.Span, $"vrrp_notify_fifo {other.Path} is already notify_fifo, at {one.Span}: the lines would come twice");
        }

        if (alert is { } wanted && !_mail.IsUsable)
        {
            string missing = _mail.Server is null ? "smtp_server" : "notification_email";
            _values.Log.Warning(DiagnosticCodes.MailIncomplete, wanted, $"smtp_alert is on here and there is no {missing} in global_defs: no mail is sent");
        }

        return Settings with
        {
            StartupScript = _startup is { } startup ? new LifeScript(startup, _startupLimit) : null,
            ShutdownScript = _shutdown is { } shutdown ? new LifeScript(shutdown, _shutdownLimit) : null,
            Fifo = WithScript(_fifo, _fifoScript, "notify_fifo"),
            VrrpFifo = WithScript(_vrrpFifo, _vrrpFifoScript, "vrrp_notify_fifo"),
            Mail = _mail,
        };
    }

    /// <summary>A reload is always checked; what may be said is where the diagnostics are written.</summary>
    private void ReadReloadLog(Statement statement)
    {
        _values.IgnoreFrom(statement, 2);
        if (statement.Words.Length > 1)
        {
            Settings = Settings with { ReloadLog = statement.Words[1].Text };
        }
    }

    private FifoSettings? WithScript(FifoSettings? fifo, ScriptCommand? script, string keyword)
    {
        if (fifo is null && script is not null)
        {
            _values.Log.Warning(DiagnosticCodes.FifoIncomplete, script.Span, $"{keyword}_script is not run: there is no {keyword} for it to read");
        }

        return fifo is null ? null : fifo with { Script = script };
    }

    private TimeSpan? ReadLifeLimit(Statement statement) =>
        _values.Integer(statement, 1, LifeLimitMaximum) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private FifoSettings? ReadFifo(FifoSettings? before, Statement statement)
    {
        if (before is not null)
        {
            _values.Log.Error(DiagnosticCodes.Repeated, statement.Span, $"{statement.Keyword} is already given at {before.Span}");
            return before;
        }

        if (statement.Words.Length < 2)
        {
            _values.One(statement);
            return null;
        }

        Word path = statement.Words[1];
        if (!path.Text.StartsWith('/'))
        {
            _values.Log.Error(DiagnosticCodes.BadName, statement.SpanOf(path), $"{statement.Keyword} '{path.Text}' is not an absolute path");
            return null;
        }

        _values.IgnoreFrom(statement, 4);
        return new FifoSettings(
            path.Text, statement.SpanOf(path), statement.Words.ElementAtOrDefault(2).Text, statement.Words.ElementAtOrDefault(3).Text?.TrimStart(':'));
    }

    private void ReadRecipients(Statement block)
    {
        _values.IgnoreFrom(block, 1);
        foreach (Statement statement in block.Block ?? [])
        {
            if (MailAddress(statement, statement.Words[0], "notification_email") is { } address)
            {
                _mail = _mail with { Recipients = _mail.Recipients.Add(address) };
            }
        }
    }

    private string? ReadMailAddress(Statement statement) =>
        statement.Words.Length < 2 ? _values.One(statement)?.Text : MailAddress(statement, statement.Words[1], statement.Keyword);

    /// <summary>An address may have a name around it; that it can be delivered is the mail server's business.</summary>
    private string? MailAddress(Statement statement, Word word, string what)
    {
        if (word.Text.Length > 0 && !word.Text.Any(char.IsControl))
        {
            return word.Text;
        }

        _values.Log.Error(DiagnosticCodes.BadName, statement.SpanOf(word), $"{what} '{word.Text}' is not a mail address");
        return null;
    }

    private void ReadMailServer(Statement statement)
    {
        if (statement.Words.Length < 2)
        {
            _values.One(statement);
            return;
        }

        _values.IgnoreFrom(statement, 3);
        long? port = statement.Words.Length > 2 ? _values.Integer(statement, statement.Words[2], "port of smtp_server", 1, PortMaximum) : null;
        _mail = _mail with { Server = statement.Words[1].Text, Port = (int)(port ?? _mail.Port) };
    }

    private void ReadMailTimeout(Statement statement)
    {
        if (_values.Integer(statement, 0, (long)SecondsMaximum) is { } seconds)
        {
            _mail = _mail with { ConnectTimeout = TimeSpan.FromSeconds(Math.Max(1, seconds)) };
        }
    }
}
