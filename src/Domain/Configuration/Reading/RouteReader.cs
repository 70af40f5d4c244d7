using System.Globalization;
using Keepalived.Es.Domain.Configuration.Language;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Reads <c>[TYPE] [to] DESTINATION|default [via GATEWAY] [dev NAME] [src ADDRESS] [table N] [metric N] [scope NAME] ...</c>.</summary>
internal sealed class RouteReader(ValueReader values, AddressReader addresses)
{
    private const string Entry = "route entry";

    /// <returns>Null: the entry is wrong or not in force, and was reported.</returns>
    internal RouteEntry? Read(Statement statement)
    {
        if (statement.Block is not null)
        {
            values.Log.Error(DiagnosticCodes.UnexpectedBlock, statement.Span, "a route takes no block");
            return null;
        }

        var words = new WordCursor(statement, values.Log);
        var draft = new RouteDraft(statement.Span);
        while (!words.AtEnd && !draft.Wrong)
        {
            ReadWord(draft, statement, words);
        }

        if (!draft.Wrong && !draft.HasDestination)
        {
            values.Log.Error(DiagnosticCodes.BadEntry, statement.Span, "a route needs a destination: ADDRESS/LENGTH or default");
        }

        return draft.Wrong || draft.LeftOut || !draft.HasDestination ? null : draft.Route;
    }

    private sealed class RouteDraft(SourceSpan span)
    {
        internal RouteEntry Route { get; set; } = new(RouterAddress.None, 0, span);

        internal bool HasDestination { get; set; }

        internal bool Wrong { get; set; }

        internal bool LeftOut { get; set; }
    }

    private void ReadWord(RouteDraft draft, Statement statement, WordCursor words)
    {
        Word word = words.Take();
        switch (word.Text)
        {
            case "inet" or "inet6" or "unicast":
                break;
            case "local" or "broadcast" or "multicast" or "throw" or "unreachable" or "prohibit" or "blackhole" or "nat":
                draft.LeftOut = true;
                values.Log.Warning(
                    DiagnosticCodes.NotYetInForce, words.SpanOf(word), $"routes of type {word.Text} are not yet in force: this one is left out");
                break;
            case "to" or "via" or "gw" or "dev" or "oif" or "src" or "table" or "metric" or "priority" or "preference" or "scope":
                if (word.Text is "via" && words.Peek is "inet" or "inet6")
                {
                    words.Take();
                }

                if (words.Value(word) is not { } value || !ReadOption(draft, statement, word.Text, value))
                {
                    draft.Wrong = true;
                }

                break;
            default:
                if (draft.HasDestination || ConfigKeywords.Find(Entry, word.Text) is not null)
                {
                    words.Skip(word, Entry);
                }
                else
                {
                    draft.Wrong = !ReadDestination(draft, statement, word);
                }

                break;
        }
    }

    private bool ReadOption(RouteDraft draft, Statement statement, string option, Word value)
    {
        switch (option)
        {
            case "to":
                return ReadDestination(draft, statement, value);
            case "via" or "gw":
                RouterAddress? gateway = values.Address(statement, value, "gateway");
                draft.Route = draft.Route with { Gateway = gateway ?? default };
                return gateway is not null;
            case "src":
                RouterAddress? source = values.Address(statement, value, "source");
                draft.Route = draft.Route with { Source = source ?? default };
                return source is not null;
            case "dev" or "oif":
                string? device = values.InterfaceName(statement, value);
                draft.Route = draft.Route with { Device = device };
                return device is not null;
            case "table":
                uint? table = ReadTable(statement, value);
                draft.Route = draft.Route with { Table = table ?? 0 };
                return table is not null;
            case "scope":
                return ReadScope(draft, statement, value);
            default:
                long? metric = values.Integer(statement, value, option, 0, uint.MaxValue);
                draft.Route = draft.Route with { Metric = (uint)(metric ?? 0) };
                return metric is not null;
        }
    }

    private bool ReadDestination(RouteDraft draft, Statement statement, Word word)
    {
        if (word.Text is not ("default" or "default6"))
        {
            if (addresses.ReadPrefixed(word, statement.SpanOf(word), "destination") is not var (address, length))
            {
                return false;
            }

            draft.Route = draft.Route with { Destination = address, PrefixLength = length ?? AddressReader.FullLength(address) };
        }

        draft.HasDestination = true;
        return true;
    }

    private bool ReadScope(RouteDraft draft, Statement statement, Word value)
    {
        draft.Route = draft.Route with { Scope = ScopeText.Read(value.Text) };
        if (draft.Route.Scope is null)
        {
            values.Log.Error(DiagnosticCodes.BadEntry, statement.SpanOf(value), $"scope '{value.Text}' is unknown, allowed {ScopeText.Allowed}");
        }

        return draft.Route.Scope is not null;
    }

    private uint? ReadTable(Statement statement, Word value)
    {
        uint? table = value.Text switch
        {
            "main" => 254,
            "local" => 255,
            "default" => 253,
            _ => uint.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number > 0 ? number : null,
        };
        if (table is null)
        {
            values.Log.Error(
                DiagnosticCodes.BadEntry, statement.SpanOf(value), $"routing table '{value.Text}' is unknown, allowed main, local, default and 1 to {uint.MaxValue}");
        }

        return table;
    }
}
