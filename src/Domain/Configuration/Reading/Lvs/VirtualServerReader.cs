using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Lvs;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads the lines of one <c>virtual_server</c> into a draft. What depends on several lines is for <see cref="VirtualServerCompletion"/>.</summary>
internal sealed class VirtualServerReader(ValueReader values, KeywordGate gate, RealServerReader realServers)
{
    private const string Block = "virtual_server";
    private const uint PersistenceMaximum = 2_678_400;
    private const uint PersistenceDefault = 360;
    private const int NameMaximum = 15;

    /// <summary>The schedulers of the kernel, twos from 6.8 on.</summary>
    private static readonly FrozenSet<string> Schedulers =
        FrozenSet.Create("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "fo", "ovf", "sed", "nq", "twos");

    private readonly ValueReader _values = values;

    internal VirtualServerDraft Read(Statement head)
    {
        var draft = new VirtualServerDraft(head) { NameSpan = head.Words.Length > 1 ? head.SpanFrom(1) : head.EndSpan };
        ReadName(draft, head);
        foreach (Statement statement in head.Block ?? [])
        {
            if (!gate.Admits(statement, Block))
            {
                continue;
            }

            if (!TimingLines.TryRead(draft.Defaults, statement, _values, inCheck: false))
            {
                Handlers[statement.Keyword](this, draft, statement);
            }
        }

        return draft;
    }

    private void ReadName(VirtualServerDraft draft, Statement head)
    {
        switch (head.Words.ElementAtOrDefault(1).Text)
        {
            case "fwmark":
                draft.FirewallMark = head.Words.Length > 2 ? (uint?)_values.Integer(head, head.Words[2], "fwmark", 1, uint.MaxValue) : Missing(head, "fwmark needs a number");
                _values.IgnoreFrom(head, 3);
                break;
            case "group":
                draft.Group = head.Words.ElementAtOrDefault(2).Text;
                if (draft.Group is null)
                {
                    Missing(head, "group needs the name of a virtual_server_group");
                }

                _values.IgnoreFrom(head, 3);
                break;
            default:
                (draft.Address, ushort? port) = ServerAddress.Read(head, 1, Block, _values);
                draft.Port = port ?? 0;
                break;
        }
    }

    private uint? Missing(Statement head, string message)
    {
        _values.Log.Error(DiagnosticCodes.MissingValue, head.EndSpan, $"{Block} {message}");
        return null;
    }

    private static readonly FrozenDictionary<string, Action<VirtualServerReader, VirtualServerDraft, Statement>> Handlers =
        new Dictionary<string, Action<VirtualServerReader, VirtualServerDraft, Statement>>
        {
            ["ip_family"] = (r, d, s) => r.ReadFamily(d, s),
            ["lb_algo"] = (r, d, s) => r.ReadScheduler(d, s),
            ["lvs_sched"] = (r, d, s) => r.ReadScheduler(d, s),
            ["lb_kind"] = (r, d, s) => d.Forwarding = ServerAddress.ReadForwarding(s, r._values) ?? d.Forwarding,
            ["lvs_method"] = (r, d, s) => d.Forwarding = ServerAddress.ReadForwarding(s, r._values) ?? d.Forwarding,
            ["hashed"] = (r, _, s) => r._values.Log.Warning(DiagnosticCodes.ExtraWords, s.Span, "hashed changes nothing: the kernel sets this flag itself; take the line away"),
            ["ops"] = (r, d, s) => d.OnePacketAt = r._values.Flag(s) ? s.Span : null,
            ["flag-1"] = (r, d, s) => r.SetFlag(d, s, null, ServiceTraits.Scheduler1),
            ["flag-2"] = (r, d, s) => r.SetFlag(d, s, null, ServiceTraits.Scheduler2),
            ["flag-3"] = (r, d, s) => r.SetFlag(d, s, null, ServiceTraits.Scheduler3),
            ["sh-fallback"] = (r, d, s) => r.SetFlag(d, s, "sh", ServiceTraits.Scheduler1),
            ["sh-port"] = (r, d, s) => r.SetFlag(d, s, "sh", ServiceTraits.Scheduler2),
            ["mh-fallback"] = (r, d, s) => r.SetFlag(d, s, "mh", ServiceTraits.Scheduler1),
            ["mh-port"] = (r, d, s) => r.SetFlag(d, s, "mh", ServiceTraits.Scheduler2),
            ["persistence_timeout"] = (r, d, s) => r.ReadPersistence(d, s),
            ["persistence_granularity"] = (r, d, s) => r.ReadGranularity(d, s),
            ["persistence_engine"] = (r, d, s) => d.PersistenceEngine = r.ShortName(s) ?? d.PersistenceEngine,
            ["protocol"] = (r, d, s) => r.ReadProtocol(d, s),
            ["inhibit_on_failure"] = (r, d, s) => d.InhibitOnFailure = r._values.Flag(s),
            ["alpha"] = (r, d, s) => d.Alpha = r._values.Flag(s),
            ["omega"] = (r, d, s) => d.Omega = r._values.Flag(s),
            ["ha_suspend"] = (r, d, s) => d.HaSuspendAt = r._values.Flag(s) ? s.Span : null,
            ["smtp_alert"] = (r, d, s) => d.SmtpAlert = r._values.Boolean(s) ?? d.SmtpAlert,
            ["snmp_name"] = (r, d, s) => d.Label = r._values.One(s)?.Text ?? d.Label,
            ["quorum_up"] = (r, d, s) => d.QuorumUp = r.Once(d.QuorumUp, s),
            ["quorum_down"] = (r, d, s) => d.QuorumDown = r.Once(d.QuorumDown, s),
            ["quorum"] = (r, d, s) => (d.Quorum, d.QuorumSpan) = (r._values.Integer(s, 1, uint.MaxValue) ?? d.Quorum, s.SpanFrom(0)),
            ["hysteresis"] = (r, d, s) => (d.Hysteresis, d.HysteresisSpan) = (r._values.Integer(s, 0, uint.MaxValue) ?? d.Hysteresis, s.SpanFrom(0)),
            ["weight"] = (r, d, s) => d.Weight = (int?)r._values.Integer(s, 1, int.MaxValue) ?? d.Weight,
            ["sorry_server"] = (r, d, s) => r.ReadSorry(d, s),
            ["sorry_server_inhibit"] = (r, d, s) => r.ChangeSorry(d, s, sorry => sorry with { Inhibit = r._values.Flag(s) }),
            ["sorry_server_lvs_method"] = (r, d, s) => r.ChangeSorry(d, s, sorry => sorry with { Forwarding = ServerAddress.ReadForwarding(s, r._values) ?? sorry.Forwarding }),
            ["real_server"] = (r, d, s) => d.RealServers.Add(r.ReadRealServer(s)),
        }.ToFrozenDictionary();

    private RealServerDraft ReadRealServer(Statement statement) => realServers.Read(statement);

    private ScriptCommand? Once(ScriptCommand? before, Statement statement) => ScriptReader.Once(before, statement, _values.Log);

    private void ReadFamily(VirtualServerDraft draft, Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return;
        }

        if (word.Text is "inet" or "inet6")
        {
            (draft.IsIPv6, draft.FamilySpan) = (word.Text == "inet6", statement.SpanOf(word));
            return;
        }

        _values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(word), $"ip_family '{word.Text}' is unknown, allowed inet and inet6");
    }

    private void ReadScheduler(VirtualServerDraft draft, Statement statement)
    {
        if (ShortName(statement) is not { } name)
        {
            return;
        }

        if (!Schedulers.Contains(name))
        {
            _values.Log.Warning(
                DiagnosticCodes.UnknownValue,
                statement.SpanOf(statement.Words[1]),
                $"scheduler '{name}' is not one of {string.Join(' ', Schedulers.Order(StringComparer.Ordinal))}; it is handed to the kernel as it is");
        }

        draft.Scheduler = name;
        draft.Traits = ServiceTraits.None;
    }

    private string? ShortName(Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return null;
        }

        if (word.Text.Length is > 0 and <= NameMaximum)
        {
            return word.Text;
        }

        _values.Log.Error(
            DiagnosticCodes.BadName, statement.SpanOf(word), $"{statement.Keyword} '{word.Text}' has {word.Text.Length} characters, allowed 1 to {NameMaximum}");
        return null;
    }

    /// <param name="scheduler">The flag is for this scheduler only; null: for any.</param>
    private void SetFlag(VirtualServerDraft draft, Statement statement, string? scheduler, ServiceTraits flag)
    {
        _values.Flag(statement);
        if (scheduler is not null && draft.Scheduler != scheduler)
        {
            _values.Log.Error(DiagnosticCodes.BadEntry, statement.Span, $"{statement.Keyword} stands behind 'lvs_sched {scheduler}', here lvs_sched is {draft.Scheduler ?? "not yet given"}");
            return;
        }

        draft.Traits |= flag;
    }

    private void ReadPersistence(VirtualServerDraft draft, Statement statement) =>
        draft.PersistenceTimeout = statement.Words.Length < 2
            ? PersistenceDefault
            : (uint?)_values.Integer(statement, 1, PersistenceMaximum) ?? draft.PersistenceTimeout;

    /// <summary>A netmask for IPv4, a prefix length for IPv6.</summary>
    private void ReadGranularity(VirtualServerDraft draft, Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return;
        }

        bool isMask = word.Text.Contains('.', StringComparison.Ordinal);
        byte? length = null;
        if (!isMask)
        {
            length = (byte?)_values.Integer(statement, word, "persistence_granularity", 1, 128);
        }
        else if (AddressText.TryRead(word.Text, out RouterAddress mask) && BitOperations.LeadingZeroCount(~mask.IPv4) + BitOperations.TrailingZeroCount(mask.IPv4) == 32)
        {
            length = (byte)BitOperations.LeadingZeroCount(~mask.IPv4);
        }
        else
        {
            _values.Log.Error(
                DiagnosticCodes.BadAddress, statement.SpanOf(word), $"persistence_granularity '{word.Text}' is not a netmask such as 255.255.255.0 or a prefix length of IPv6");
        }

        (draft.PersistencePrefixLength, draft.PersistencePrefixIsIPv6) = (length ?? draft.PersistencePrefixLength, !isMask);
        draft.PersistencePrefixSpan = statement.SpanOf(word);
        draft.PersistenceTimeout ??= PersistenceDefault;
    }

    private void ReadProtocol(VirtualServerDraft draft, Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return;
        }

        switch (word.Text.ToUpper(CultureInfo.InvariantCulture))
        {
            case "TCP":
                draft.Protocol = LvsProtocol.Tcp;
                break;
            case "UDP":
                draft.Protocol = LvsProtocol.Udp;
                break;
            case "SCTP":
                draft.Protocol = LvsProtocol.Sctp;
                break;
            default:
                _values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(word), $"protocol '{word.Text}' is unknown, allowed TCP, UDP and SCTP");
                break;
        }
    }

    private void ReadSorry(VirtualServerDraft draft, Statement statement)
    {
        (RouterAddress? address, ushort? port) = ServerAddress.Read(statement, 1, "sorry_server", _values);
        if (draft.Sorry is { } before)
        {
            _values.Log.Error(DiagnosticCodes.Repeated, statement.Span, $"sorry_server is already given at {before.Span}: a virtual server has one");
            return;
        }

        draft.Sorry = address is { } good ? new SorryServerDraft(good, port, statement.SpanFrom(1)) : null;
    }

    private void ChangeSorry(VirtualServerDraft draft, Statement statement, Func<SorryServerDraft, SorryServerDraft> change)
    {
        if (draft.Sorry is { } sorry)
        {
            draft.Sorry = change(sorry);
            return;
        }

        _values.Log.Error(DiagnosticCodes.BadEntry, statement.Span, $"{statement.Keyword} stands behind sorry_server, and none is given yet");
    }
}
