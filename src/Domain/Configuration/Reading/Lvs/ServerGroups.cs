using System.Collections.Immutable;
using System.Globalization;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading.Lvs;

/// <summary>Reads <c>virtual_server_group</c> blocks: addresses, ranges of addresses, firewall marks.</summary>
internal sealed class ServerGroups(ValueReader values)
{
    /// <summary>Addresses that one entry may stand for.</summary>
    private const int RangeMaximum = 65_536;

    private readonly Dictionary<string, ImmutableArray<Entry>> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourceSpan> _places = new(StringComparer.Ordinal);

    /// <summary>One service of a group: by address, or by mark when <see cref="Mark"/> is not 0.</summary>
    internal readonly record struct Entry(RouterAddress Address, ushort Port, uint Mark, bool? IsIPv6);

    internal void Read(Statement head)
    {
        Word? name = values.One(head);
        List<Entry> entries = [];
        foreach (Statement statement in head.Block ?? [])
        {
            ReadEntry(statement, entries);
        }

        if (name is not { } word)
        {
            return;
        }

        if (_byName.ContainsKey(word.Text))
        {
            values.Log.Error(DiagnosticCodes.DuplicateName, head.SpanOf(word), $"virtual_server_group {word.Text} is already defined at {_places[word.Text]}");
            return;
        }

        _byName.Add(word.Text, [.. entries.Distinct()]);
        _places.Add(word.Text, head.SpanOf(word));
    }

    /// <summary>Null: no such group.</summary>
    internal ImmutableArray<Entry>? Find(string name)
    {
        _used.Add(name);
        return _byName.TryGetValue(name, out ImmutableArray<Entry> entries) ? entries : null;
    }

    /// <summary>Groups that no virtual server names do nothing.</summary>
    internal void ReportUnused()
    {
        foreach ((string name, SourceSpan place) in _places.Where(group => !_used.Contains(group.Key)))
        {
            values.Log.Warning(DiagnosticCodes.NotTracked, place, $"virtual_server_group {name} is used by no virtual_server");
        }
    }

    private void ReadEntry(Statement statement, List<Entry> into)
    {
        Word first = statement.Words[0];
        if (first.Text == "fwmark")
        {
            ReadMark(statement, into);
            return;
        }

        values.IgnoreFrom(statement, 2);
        ushort port = statement.Words.Length > 1 ? (ushort)(values.Integer(statement, statement.Words[1], "port", 0, ServerAddress.PortMaximum) ?? 0) : (ushort)0;
        if (Range(first.Text, out string problem) is not var (from, count))
        {
            values.Log.Error(DiagnosticCodes.BadAddress, statement.SpanOf(first), $"'{first.Text}' {problem}");
            return;
        }

        for (ulong i = 0; i < (ulong)count; i++)
        {
            into.Add(new Entry(new RouterAddress(from.High, from.Low + i), port, 0, !from.IsIPv4));
        }
    }

    private void ReadMark(Statement statement, List<Entry> into)
    {
        if (statement.Words.Length < 2)
        {
            values.Log.Error(DiagnosticCodes.MissingValue, statement.EndSpan, "fwmark needs a number");
            return;
        }

        bool? isIPv6 = null;
        if (statement.Words.Length > 2)
        {
            string family = statement.Words[2].Text;
            isIPv6 = family == "inet6" ? true : family == "inet" ? false : null;
            if (isIPv6 is null)
            {
                values.Log.Error(DiagnosticCodes.UnknownValue, statement.SpanOf(statement.Words[2]), $"'{family}' behind a fwmark is unknown, allowed inet and inet6");
            }

            values.IgnoreFrom(statement, 3);
        }

        if (values.Integer(statement, statement.Words[1], "fwmark", 1, uint.MaxValue) is { } mark)
        {
            into.Add(new Entry(RouterAddress.None, 0, (uint)mark, isIPv6));
        }
    }

    /// <summary><c>ADDRESS</c>, <c>ADDRESS-LAST</c> (last octet, or last group in hexadecimal), <c>ADDRESS-ADDRESS</c> or <c>ADDRESS/LENGTH</c>.</summary>
    private static (RouterAddress From, int Count)? Range(string text, out string problem)
    {
        problem = "is not an IPv4 or IPv6 address, a range ADDRESS-LAST or ADDRESS-ADDRESS, or ADDRESS/LENGTH";
        int mark = text.AsSpan().IndexOfAny('-', '/');
        if (!AddressText.TryRead(mark < 0 ? text : text[..mark], out RouterAddress from))
        {
            return null;
        }

        if (mark < 0)
        {
            return (from, 1);
        }

        RouterAddress? to = text[mark] == '-' ? LastOfRange(from, text[(mark + 1)..]) : LastOfNet(from, text[(mark + 1)..]);
        if (to is not { } last)
        {
            return null;
        }

        if (last.High != from.High || last < from || last.Low - from.Low >= RangeMaximum)
        {
            problem = $"is not a rising range of at most {RangeMaximum} addresses";
            return null;
        }

        return (from, (int)(last.Low - from.Low) + 1);
    }

    private static RouterAddress? LastOfRange(RouterAddress from, string text)
    {
        if (text.AsSpan().ContainsAny('.', ':'))
        {
            return AddressText.TryRead(text, out RouterAddress to) && to.IsIPv4 == from.IsIPv4 ? to : null;
        }

        NumberStyles style = from.IsIPv4 ? NumberStyles.None : NumberStyles.AllowHexSpecifier;
        uint mask = from.IsIPv4 ? 0xFFu : 0xFFFFu;
        return uint.TryParse(text, style, CultureInfo.InvariantCulture, out uint last) && last <= mask
            ? new RouterAddress(from.High, (from.Low & ~(ulong)mask) | last)
            : null;
    }

    /// <summary>All addresses of a network; host bits of its first must be zero.</summary>
    private static RouterAddress? LastOfNet(RouterAddress from, string text)
    {
        int width = from.IsIPv4 ? 32 : 128;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > width || width - length > 32)
        {
            return null;
        }

        ulong host = width == length ? 0 : (1UL << (width - length)) - 1;
        return (from.Low & host) == 0 ? new RouterAddress(from.High, from.Low | host) : null;
    }
}
