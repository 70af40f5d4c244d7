using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Searches routes and rules that are not in force for words that do not exist.</summary>
internal static class EntryCheck
{
    internal static void Check(List<Statement> entries, string keyword, DiagnosticLog log)
    {
        string? kind = keyword switch { "virtual_routes" => "route entry", "virtual_rules" or "static_rules" => "rule entry", _ => null };
        if (kind is null)
        {
            return;
        }

        foreach (Statement entry in entries)
        {
            var words = new WordCursor(entry, log);
            bool destinationSeen = kind == "rule entry";
            while (!words.AtEnd)
            {
                Word word = words.Take();
                if (words.TrySkipValues(word, kind) || IsType(word.Text))
                {
                    destinationSeen |= word.Text == "to";
                }
                else if (destinationSeen)
                {
                    words.ReportUnknown(word, kind);
                }
                else
                {
                    destinationSeen = true;
                }
            }
        }
    }

    private static bool IsType(string word) =>
        word is "unicast" or "local" or "broadcast" or "multicast" or "throw" or "unreachable" or "prohibit" or "blackhole" or "nat";
}
