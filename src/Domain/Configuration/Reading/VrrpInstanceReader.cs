using System.Collections.Frozen;
using System.Text;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads the lines of one <c>vrrp_instance</c> into a draft. What depends on several lines is for <see cref="InstanceCompletion"/>.</summary>
internal sealed class VrrpInstanceReader(ValueReader values, KeywordGate gate, AddressReader addresses)
{
    private const string Block = "vrrp_instance";
    private const decimal AdverIntervalMinimum = 0.01m;
    private const decimal AdverIntervalMaximum = 255m;

    private readonly ValueReader _values = values;
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    internal InstanceDraft Read(string name, Statement head, InstanceDefaults defaults)
    {
        var draft = new InstanceDraft(name, head, defaults);
        _given.Clear();
        foreach (Statement statement in head.Block ?? [])
        {
            WarnIfRepeated(statement);
            if (statement.Keyword == "native_ipv6" || statement.Keyword == "auth_hmac")
            {
                RefuseLessThanAskedFor(statement);
            }
            else if (gate.Admits(statement, Block))
            {
                Handlers[statement.Keyword](this, draft, statement);
            }
        }

        return draft;
    }

    /// <summary>To run without these would be silently less than was asked for, so they are errors and not merely "not yet in force".</summary>
    private void RefuseLessThanAskedFor(Statement statement)
    {
        (string code, string message) = statement.Keyword == "auth_hmac"
            ? (DiagnosticCodes.AuthenticationNotInForce, "auth_hmac is not yet in force: the instance would send and accept advertisements without authentication")
            : (DiagnosticCodes.IPv6NotInForce, "IPv6 virtual routers are not yet in force: the addresses of this instance would not fail over");
        _values.Log.Error(code, statement.Span, message);
    }

    private void WarnIfRepeated(Statement statement)
    {
        if (!_given.Add(statement.Keyword)
            && ConfigKeywords.Find(Block, statement.Keyword) is { InForce: true, Kind: KeywordKind.Value })
        {
            _values.Log.Warning(DiagnosticCodes.Repeated, statement.Span, $"{statement.Keyword} is given more than once in this instance, the last one counts");
        }
    }

    private static readonly FrozenDictionary<string, Action<VrrpInstanceReader, InstanceDraft, Statement>> Handlers =
        new Dictionary<string, Action<VrrpInstanceReader, InstanceDraft, Statement>>
        {
            ["state"] = (r, d, s) => r.ReadState(d, s),
            ["interface"] = (r, d, s) => (d.Interface, d.InterfaceWritten) = (r._values.InterfaceName(s) ?? d.Interface, true),
            ["virtual_router_id"] = (r, d, s) => (d.Vrid, d.VridWritten) = ((byte?)r._values.Integer(s, 1, 255) ?? d.Vrid, true),
            ["priority"] = (r, d, s) => d.Priority = (byte?)r._values.Integer(s, 1, 255) ?? d.Priority,
            ["version"] = (r, d, s) => d.Version = (byte?)r._values.Integer(s, 2, 3) ?? d.Version,
            ["advert_int"] = (r, d, s) => r.ReadAdverInterval(d, s),
            ["preempt"] = (r, d, s) => d.NopreemptAt = r._values.Flag(s) ? null : d.NopreemptAt,
            ["nopreempt"] = (r, d, s) => d.NopreemptAt = r._values.Flag(s) ? s.Span : null,
            ["preempt_delay"] = (r, d, s) => r.ReadPreemptDelay(d, s),
            ["debug"] = (r, d, s) => r._values.Integer(s, 0, 4),
            ["accept"] = (r, d, s) => r._values.Flag(s),
            ["dont_track_primary"] = (r, d, s) => d.DontTrackPrimary = r._values.Flag(s),
            ["mcast_src_ip"] = (r, d, s) => r.ReadSource(d, s),
            ["unicast_src_ip"] = (r, d, s) => r.ReadSource(d, s),
            ["mcast_dst_ip"] = (r, d, s) => d.MulticastGroup = r._values.MulticastGroup(s) ?? d.MulticastGroup,
            ["track_src_ip"] = (r, d, s) => d.TrackSourceAt = r._values.Flag(s) ? s.Span : null,
            ["unicast_peer"] = (r, d, s) => r.ReadPeers(d, s),
            ["unicast_fault_no_peer"] = (r, d, s) => (d.UnicastFaultNoPeer, d.UnicastKeyword) = (r._values.Flag(s), s),
            ["check_unicast_src"] = (r, d, s) => (d.CheckUnicastSource, d.UnicastKeyword) = (r._values.Flag(s), s),
            ["unicast_ttl"] = (r, d, s) => (d.UnicastTtl, d.UnicastKeyword) = ((byte)(r._values.Integer(s, 0, 255) ?? d.UnicastTtl), s),
            ["virtual_ipaddress"] = (r, d, s) => r.ReadAddresses(d, d.Addresses, s),
            ["virtual_ipaddress_excluded"] = (r, d, s) => r.ReadAddresses(d, d.Excluded, s),
            ["no_virtual_ipaddress"] = (r, d, s) => d.NoVirtualAddress = r._values.Flag(s),
            ["v3_checksum_as_v2"] = (r, d, s) => d.Version3ChecksumAsVersion2 = r._values.Boolean(s) ?? d.Version3ChecksumAsVersion2,
            ["skip_check_adv_addr"] = (r, d, s) => d.SkipCheckAdvertisedAddresses = r._values.Boolean(s) ?? d.SkipCheckAdvertisedAddresses,
            ["lower_prio_no_advert"] = (r, d, s) => d.LowerPriorityNoAdvert = r._values.Boolean(s) ?? d.LowerPriorityNoAdvert,
            ["higher_prio_send_advert"] = (r, d, s) => d.HigherPrioritySendAdvert = r._values.Boolean(s) ?? d.HigherPrioritySendAdvert,
            ["owner_ignore_adverts"] = (r, d, s) => (d.OwnerIgnoreAdverts, d.OwnerIgnoreAdvertsAt) = (r._values.Boolean(s) ?? d.OwnerIgnoreAdverts, s.Span),
            ["down_timer_adverts"] = (r, d, s) => d.DownTimerAdverts = (int)(r._values.Integer(s, 1, 100) ?? d.DownTimerAdverts),
            ["garp_master_repeat"] = (r, d, s) => d.GarpRepeat = r._values.AtLeastOne(s),
            ["garp_master_delay"] = (r, d, s) => d.GarpDelay = r._values.WholeSeconds(s, 4_294),
            ["garp_master_refresh"] = (r, d, s) => d.GarpRefresh = r._values.WholeSeconds(s, uint.MaxValue),
            ["garp_master_refresh_repeat"] = (r, d, s) => d.GarpRefreshRepeat = r._values.AtLeastOne(s),
            ["garp_lower_prio_repeat"] = (r, d, s) => d.GarpLowerPriorityRepeat = (int?)r._values.Integer(s, 0, int.MaxValue),
            ["garp_lower_prio_delay"] = (r, d, s) => d.GarpLowerPriorityDelay = r._values.WholeSeconds(s, 4_294),
            ["authentication"] = (r, d, s) => r.ReadAuthentication(d, s),
            ["track_script"] = (r, d, s) => TrackScriptReader.ReadEntries(d.TrackScripts, s, r._values),
            ["smtp_alert"] = (r, d, s) => d.SmtpAlert = r._values.Boolean(s) ?? d.SmtpAlert,
            ["notify_priority_changes"] = (r, d, s) => d.NotifyPriorityChanges = r._values.Boolean(s) ?? d.NotifyPriorityChanges,
            ["notify"] = ReadNotify,
            ["notify_master"] = ReadNotify,
            ["notify_backup"] = ReadNotify,
            ["notify_fault"] = ReadNotify,
            ["notify_stop"] = ReadNotify,
            ["notify_master_rx_lower_pri"] = ReadNotify,
            ["notify_deleted"] = ReadNotify,
        }.ToFrozenDictionary();

    private static void ReadNotify(VrrpInstanceReader reader, InstanceDraft draft, Statement statement) =>
        draft.Notify = NotifyReader.Read(draft.Notify, statement, reader._values.Log);

    private void ReadState(InstanceDraft draft, Statement statement)
    {
        if (_values.One(statement) is not { } word)
        {
            return;
        }

        if (word.Text is "MASTER" or "BACKUP")
        {
            draft.StateMaster = word.Text == "MASTER";
            return;
        }

        _values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(word), $"state '{word.Text}' is unknown, allowed MASTER and BACKUP in capitals");
    }

    private void ReadAdverInterval(InstanceDraft draft, Statement statement)
    {
        if (_values.Seconds(statement, AdverIntervalMinimum, AdverIntervalMaximum) is { } interval)
        {
            (draft.AdverInterval, draft.AdverIntervalAt) = (interval, statement.SpanOf(statement.Words[1]));
        }
    }

    private void ReadPreemptDelay(InstanceDraft draft, Statement statement)
    {
        if (_values.Seconds(statement, 0, 1_000) is { } delay)
        {
            (draft.PreemptDelay, draft.PreemptDelayAt) = (delay, statement.Span);
        }
    }

    private void ReadSource(InstanceDraft draft, Statement statement)
    {
        if (_values.Address(statement) is { } source && IsIPv4(source, statement, statement.Words[1]))
        {
            draft.Source = source;
        }
    }

    private bool IsIPv4(RouterAddress address, Statement statement, Word word)
    {
        if (!address.IsIPv4)
        {
            _values.Log.Error(
                DiagnosticCodes.IPv6NotInForce, statement.SpanOf(word), $"{statement.Keyword} {address}: IPv6 virtual routers are not yet in force");
        }

        return address.IsIPv4;
    }

    private void ReadPeers(InstanceDraft draft, Statement block)
    {
        _values.IgnoreFrom(block, 1);
        draft.UnicastKeyword = block;
        foreach (Statement statement in block.Block ?? [])
        {
            var words = new WordCursor(statement, _values.Log);
            Word first = words.Take();
            if (_values.Address(statement, first, "unicast peer") is not { } address || !IsIPv4(address, statement, first))
            {
                continue;
            }

            UnicastPeer peer = ReadTtls(draft, new UnicastPeer(address), statement, words);
            if (draft.PeerAddresses.Add(address))
            {
                draft.Peers.Add(peer);
            }
            else
            {
                _values.Log.Warning(DiagnosticCodes.DuplicateAddress, statement.Span, $"unicast peer {address} is given twice, the first one counts");
            }
        }
    }

    private UnicastPeer ReadTtls(InstanceDraft draft, UnicastPeer peer, Statement statement, WordCursor words)
    {
        while (!words.AtEnd)
        {
            Word option = words.Take();
            if (option.Text is not ("min_ttl" or "max_ttl"))
            {
                _values.Log.Error(
                    DiagnosticCodes.UnknownKeyword,
                    statement.SpanOf(option),
                    $"unknown word '{option.Text}' behind a unicast peer, allowed min_ttl and max_ttl; each peer stands on a line of its own");
                return peer;
            }

            if (words.Value(option) is { } word && _values.Integer(statement, word, option.Text, 0, 255) is { } ttl)
            {
                peer = option.Text == "min_ttl" ? peer with { MinimumTtl = (byte)ttl } : peer with { MaximumTtl = (byte)ttl };
                draft.CheckUnicastSource = true;
            }
        }

        if (peer.MinimumTtl > peer.MaximumTtl)
        {
            _values.Log.Error(
                DiagnosticCodes.OutOfRange, statement.Span, $"min_ttl {peer.MinimumTtl} is above max_ttl {peer.MaximumTtl}: nothing of peer {peer.Address} would be accepted");
        }

        return peer;
    }

    private void ReadAddresses(InstanceDraft draft, List<AddressEntry> into, Statement block)
    {
        if (block.Words.Length > 1)
        {
            _values.Log.Error(
                DiagnosticCodes.BadEntry, block.SpanFrom(1), $"addresses of {block.Keyword} stand within its block, each on a line of its own");
        }

        foreach (Statement statement in block.Block ?? [])
        {
            draft.AddressesWritten = true;
            if (addresses.Read(statement) is { } entry)
            {
                into.Add(entry);
            }
        }
    }

    private void ReadAuthentication(InstanceDraft draft, Statement block)
    {
        _values.IgnoreFrom(block, 1);
        AuthenticationDraft authentication = draft.Authentication ?? new AuthenticationDraft(block.Span);
        foreach (Statement statement in block.Block ?? [])
        {
            if (gate.Admits(statement, "vrrp_instance/authentication") && _values.One(statement) is { } word)
            {
                authentication = statement.Keyword == "auth_pass"
                    ? authentication with { Password = ReadPassword(statement, word) }
                    : authentication with { TypeWritten = CheckType(statement, word) };
            }
        }

        draft.Authentication = authentication;
    }

    private bool CheckType(Statement statement, Word word)
    {
        if (word.Text == "AH")
        {
            _values.Log.Error(
                DiagnosticCodes.AuthenticationNotInForce,
                statement.SpanOf(word),
                "auth_type AH is not yet in force: the instance would send and accept advertisements without authentication");
        }
        else if (word.Text != "PASS")
        {
            _values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(word), "this auth_type is unknown, allowed PASS");
        }

        return true;
    }

    /// <summary>VRRP version 2 carries eight bytes of it.</summary>
    private string ReadPassword(Statement statement, Word word)
    {
        const int Maximum = 8;
        int length = Encoding.UTF8.GetByteCount(word.Text);
        if (length <= Maximum)
        {
            return word.Text;
        }

        _values.Log.Warning(
            DiagnosticCodes.PasswordTruncated,
            statement.SpanOf(word),
            $"auth_pass has {length} bytes, only the first {Maximum} are used: VRRP version 2 carries no more");
        string kept = word.Text;
        while (Encoding.UTF8.GetByteCount(kept) > Maximum)
        {
            kept = kept[..^1];
        }

        return kept;
    }
}
