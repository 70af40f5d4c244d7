using System.Globalization;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads <c>ADDRESS[/LENGTH] [brd ADDRESS|+|-] [dev NAME] [scope NAME] [label TEXT] [peer ADDRESS[/LENGTH]] ...</c>.</summary>
internal sealed class AddressReader(ValueReader values)
{
    private const string Entry = "address entry";
    private const int LabelMaximum = 15;

    /// <returns>Null: the entry is wrong, and was reported.</returns>
    internal AddressEntry? Read(Statement statement)
    {
        if (statement.Block is not null)
        {
            values.Log.Error(DiagnosticCodes.UnexpectedBlock, statement.Span, "an address takes no block");
            return null;
        }

        var words = new WordCursor(statement, values.Log);
        Word first = words.Take();
        if (ReadPrefixed(first, words.SpanOf(first), "address") is not var (address, prefix) || address == RouterAddress.None)
        {
            return null;
        }

        AddressEntry? entry = new(address, prefix ?? FullLength(address), words.SpanOf(first));
        while (!words.AtEnd && entry is not null)
        {
            entry = ReadOption(entry, prefix is not null, statement, words);
        }

        return entry;
    }

    internal static byte FullLength(RouterAddress address) => (byte)(address.IsIPv4 ? 32 : 128);

    /// <summary><c>ADDRESS[/LENGTH]</c>; the address is none when it is wrong, and the length null when there is none.</summary>
    internal (RouterAddress Address, byte? Length)? ReadPrefixed(Word word, SourceSpan span, string what)
    {
        string[] parts = word.Text.Split('/');
        if (parts.Length > 2 || !AddressText.TryRead(parts[0], out RouterAddress address))
        {
            values.Log.Error(DiagnosticCodes.BadAddress, span, $"{what} '{word.Text}' is not ADDRESS or ADDRESS/LENGTH of IPv4 or IPv6");
            return null;
        }

        if (parts.Length == 1)
        {
            return (address, null);
        }

        int maximum = FullLength(address);
        if (!byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte length) || length > maximum)
        {
            values.Log.Error(DiagnosticCodes.OutOfRange, span, $"prefix length '{parts[1]}' of {what} {parts[0]} is out of range, allowed 0 to {maximum}");
            return null;
        }

        return (address, length);
    }

    private AddressEntry? ReadOption(AddressEntry entry, bool hasLength, Statement statement, WordCursor words)
    {
        Word option = words.Take();
        switch (option.Text)
        {
            case "noprefixroute":
                return entry with { NoPrefixRoute = true };
            case "no_track":
                return entry with { NoTrack = true };
            case "dev" or "scope" or "brd" or "broadcast" or "label" or "peer":
                return words.Value(option) is { } value ? ReadValue(entry, hasLength, statement, option, value) : null;
            default:
                words.Skip(option, Entry);
                return entry;
        }
    }

    private AddressEntry? ReadValue(AddressEntry entry, bool hasLength, Statement statement, Word option, Word value)
    {
        SourceSpan span = statement.SpanOf(value);
        if (option.Text is "scope" or "brd" or "broadcast" or "label" && !entry.Address.IsIPv4)
        {
            return Wrong(statement.SpanOf(option), $"{option.Text} is for IPv4 addresses only, {entry.Address} is IPv6");
        }

        switch (option.Text)
        {
            case "dev":
                return values.InterfaceName(statement, value) is { } device ? entry with { Device = device } : null;
            case "label":
                return value.Text.Length <= LabelMaximum
                    ? entry with { Label = value.Text }
                    : Wrong(span, $"label '{value.Text}' has {value.Text.Length} characters, allowed {LabelMaximum}");
            case "scope":
                return ScopeText.Read(value.Text) is { } scope
                    ? entry with { Scope = scope }
                    : Wrong(span, $"scope '{value.Text}' is unknown, allowed {ScopeText.Allowed}");
            case "peer":
                return ReadPeer(entry, hasLength, value, span);
            default:
                return ReadBroadcast(entry, value, span);
        }
    }

    private AddressEntry? ReadPeer(AddressEntry entry, bool hasLength, Word value, SourceSpan span)
    {
        if (ReadPrefixed(value, span, "peer") is not var (peer, length))
        {
            return null;
        }

        if (peer.IsIPv4 != entry.Address.IsIPv4)
        {
            return Wrong(span, $"peer {peer} is not of the same family as {entry.Address}");
        }

        return hasLength
            ? Wrong(span, $"with a peer the prefix length belongs to the peer: write {entry.Address} peer {peer}/{entry.PrefixLength}")
            : entry with { Peer = peer, PeerPrefixLength = length ?? FullLength(peer) };
    }

    private AddressEntry? ReadBroadcast(AddressEntry entry, Word value, SourceSpan span)
    {
        if (value.Text is "+" or "-")
        {
            if (entry.PrefixLength > 30)
            {
                return Wrong(span, $"brd {value.Text} needs a prefix length of at most 30, {entry} has {entry.PrefixLength}");
            }

            uint host = uint.MaxValue >> entry.PrefixLength;
            uint number = entry.Address.IPv4;
            return entry with { Broadcast = new RouterAddress(value.Text == "+" ? number | host : number & ~host) };
        }

        return AddressText.TryRead(value.Text, out RouterAddress address) && address.IsIPv4
            ? entry with { Broadcast = address }
            : Wrong(span, $"broadcast address '{value.Text}' is not an IPv4 address, + or -");
    }

    private AddressEntry? Wrong(SourceSpan span, string message)
    {
        values.Log.Error(DiagnosticCodes.BadEntry, span, message);
        return null;
    }
}
