using System.Collections.Frozen;
using System.Globalization;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Configuration.Lvs;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads the block of one check into a draft, whatever its kind: the gate admits the keywords of the kind only.</summary>
internal sealed class CheckReader(ValueReader values, KeywordGate gate)
{
    private const int ReplyMaximum = 65_535;
    private const int MiscTimeoutMaximum = 4_294;
    private const int LabelMaximum = 63;
    private const int NameMaximum = 253;

    private readonly ValueReader _values = values;
    private readonly UrlReader _urls = new(values, gate);

    internal CheckDraft Read(Statement head) => Read(head, $"{RealServerReader.Block}/{head.Keyword}");

    private CheckDraft Read(Statement head, string block)
    {
        var draft = new CheckDraft(head);
        _values.IgnoreFrom(head, 1);
        foreach (Statement statement in head.Block ?? [])
        {
            if (!gate.Admits(statement, block))
            {
                continue;
            }

            if (statement.Keyword == "host")
            {
                draft.Hosts.Add(Read(statement, block + "/host"));
            }
            else if (!TimingLines.TryRead(draft.Defaults, statement, _values, inCheck: true))
            {
                Handlers[statement.Keyword](this, draft, statement);
            }
        }

        return draft;
    }

    private static readonly FrozenDictionary<string, Action<CheckReader, CheckDraft, Statement>> Handlers =
        new Dictionary<string, Action<CheckReader, CheckDraft, Statement>>
        {
            ["alpha"] = (r, d, s) => d.Alpha = r._values.Boolean(s) ?? d.Alpha,
            ["log_all_failures"] = (r, d, s) => d.LogAllFailures = r._values.Boolean(s) ?? d.LogAllFailures,
            ["connect_ip"] = (r, d, s) => d.ConnectAddress = r._values.Address(s) ?? d.ConnectAddress,
            ["connect_port"] = (r, d, s) => d.ConnectPort = r.Port(s) ?? d.ConnectPort,
            ["bindto"] = (r, d, s) => (d.BindAddress, d.BindSpan) = (r._values.Address(s) ?? d.BindAddress, s.SpanFrom(0)),
            ["bind_port"] = (r, d, s) => d.BindPort = r.Port(s) ?? d.BindPort,
            ["bind_if"] = (r, d, s) => d.BindInterface = r._values.InterfaceName(s) ?? d.BindInterface,
            ["fwmark"] = (r, d, s) => d.FirewallMark = (uint?)r._values.Integer(s, 0, uint.MaxValue) ?? d.FirewallMark,
            ["url"] = (r, d, s) => d.Urls.Add(r._urls.Read(s, d.Head.Keyword)),
            ["http_protocol"] = (r, d, s) => d.Protocol = r.ReadProtocol(s) ?? d.Protocol,
            ["enable_sni"] = (r, d, s) => d.EnableSni = r._values.Boolean(s) ?? d.EnableSni,
            ["sni_name"] = (r, d, s) => (d.EnableSni, d.SniName) = (true, s.Words.Length > 1 ? r._values.One(s)?.Text : d.SniName),
            ["fast_recovery"] = (r, d, s) => d.FastRecovery = r._values.Boolean(s) ?? d.FastRecovery,
            ["tls_compliant"] = (r, d, s) => d.TlsCompliant = r._values.Boolean(s) ?? d.TlsCompliant,
            ["helo_name"] = (r, d, s) => d.HeloName = r._values.One(s)?.Text ?? d.HeloName,
            ["type"] = (r, d, s) => d.DnsType = r.ReadDnsType(s) ?? d.DnsType,
            ["name"] = (r, d, s) => r.ReadName(d, s),
            ["payload"] = (r, d, s) => d.Payload = HexText.Read(s, r._values)?.Bytes ?? d.Payload,
            ["require_reply"] = (r, d, s) => r.ReadReply(d, s),
            ["min_reply_length"] = (r, d, s) => d.MinimumReplyLength = (int)(r._values.Integer(s, 0, ReplyMaximum) ?? d.MinimumReplyLength),
            ["max_reply_length"] = (r, d, s) => d.MaximumReplyLength = (int)(r._values.Integer(s, 0, ReplyMaximum) ?? d.MaximumReplyLength),
            ["misc_path"] = (r, d, s) => d.Script = ScriptReader.ReadTracked(s, r._values.Log) ?? d.Script,
            ["misc_timeout"] = (r, d, s) => d.MiscTimeout = r.ReadMiscTimeout(s) ?? d.MiscTimeout,
            ["misc_dynamic"] = (r, d, s) => d.Dynamic = r._values.Flag(s),
            ["dynamic"] = (r, _, s) => r.RefuseDynamic(s),
            ["user"] = (r, d, s) => d.Owner = r.ReadOwner(s) ?? d.Owner,
            ["track_file"] = (r, d, s) => (d.Reference, d.ReferenceSpan) = (r._values.One(s)?.Text ?? d.Reference, s.SpanFrom(0)),
            ["weight"] = (r, d, s) => r.ReadWeight(d, s),
        }.ToFrozenDictionary();

    private ushort? Port(Statement statement) => (ushort?)_values.Integer(statement, 1, ServerAddress.PortMaximum);

    private HttpProtocol? ReadProtocol(Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return null;
        }

        HttpProtocol? protocol = word.Text switch
        {
            "1.0" => HttpProtocol.Http10,
            "1.0c" => HttpProtocol.Http10Close,
            "1.0C" => HttpProtocol.Http10CapitalClose,
            "1.1" => HttpProtocol.Http11,
            "2" => HttpProtocol.Http2,
            _ => null,
        };
        if (protocol is null)
        {
            _values.Log.Error(
                DiagnosticCodes.UnknownValue, statement.SpanOf(word), $"http_protocol '{word.Text}' is unknown, allowed 1.0, 1.0C, 1.0c, 1.1 and 2");
        }

        return protocol;
    }

    private DnsType? ReadDnsType(Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return null;
        }

        if (Enum.TryParse(word.Text.ToUpper(CultureInfo.InvariantCulture), out DnsType type) && !char.IsAsciiDigit(word.Text[0]))
        {
            return type;
        }

        _values.Log.Error(
            DiagnosticCodes.UnknownValue, statement.SpanOf(word), $"type '{word.Text}' is unknown, allowed {string.Join(' ', Enum.GetNames<DnsType>())}");
        return null;
    }

    /// <summary>A domain of DNS_CHECK, or the session of BFD_CHECK.</summary>
    private void ReadName(CheckDraft draft, Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return;
        }

        if (draft.Keyword == "BFD_CHECK")
        {
            (draft.Reference, draft.ReferenceSpan) = (word.Text, statement.SpanFrom(0));
            return;
        }

        string name = word.Text.EndsWith('.') ? word.Text[..^1] : word.Text;
        if (name.Length <= NameMaximum && (name.Length == 0 || name.Split('.').All(label => label.Length is > 0 and <= LabelMaximum && label.All(char.IsAscii))))
        {
            draft.DnsName = name;
            return;
        }

        _values.Log.Error(
            DiagnosticCodes.BadName,
            statement.SpanOf(word),
            $"name '{word.Text}' is not a domain: allowed {NameMaximum} ASCII characters in all and 1 to {LabelMaximum} between dots");
    }

    private void ReadReply(CheckDraft draft, Statement statement)
    {
        draft.RequireReply = true;
        if (statement.Words.Length > 1 && HexText.Read(statement, _values, wildcards: true) is var (bytes, mask))
        {
            (draft.Reply, draft.ReplyMask) = (bytes, mask);
        }
    }

    private TimeSpan? ReadMiscTimeout(Statement statement) =>
        _values.Integer(statement, 0, MiscTimeoutMaximum) is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;

    private void RefuseDynamic(Statement statement) => _values.Log.Error(
        DiagnosticCodes.BadEntry,
        statement.Span,
        "'dynamic' of FILE_CHECK stands in the manual, but no keepalived takes it: the weight follows the file already, take the line away");

    private (string User, string? Group)? ReadOwner(Statement statement)
    {
        if (statement.Words.Length < 2)
        {
            _values.One(statement);
            return null;
        }

        _values.IgnoreFrom(statement, 3);
        return (statement.Words[1].Text, statement.Words.ElementAtOrDefault(2).Text?.TrimStart(':'));
    }

    private void ReadWeight(CheckDraft draft, Statement statement)
    {
        (draft.Weight, draft.Reverse) = WeightText.Read(statement, _values, int.MaxValue) is var (weight, reverse)
            ? (weight, reverse)
            : (draft.Weight, draft.Reverse);
    }
}
