using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration.Reading;

/// <summary>Lets the statements through that are known in their block, in force and rightly shaped; reports the others.</summary>
internal sealed class KeywordGate(DiagnosticLog log)
{
    /// <summary>Suggestions cost time: beyond this many unknown keywords there are none.</summary>
    private const int SuggestionsMaximum = 1_000;

    private int _suggestions;

    /// <returns>True: a reader may act on the statement.</returns>
    internal bool Admits(Statement statement, string block)
    {
        if (ConfigKeywords.Find(block, statement.Keyword) is not { } keyword)
        {
            ReportUnknown(statement, block);
            return false;
        }

        if (keyword.ReplacedBy is { } today)
        {
            log.Warning(DiagnosticCodes.DeprecatedKeyword, statement.Span, $"'{keyword.Name}' is an old spelling, write '{today}'");
        }

        bool shaped = HasItsShape(statement, keyword);
        if (keyword.InForce)
        {
            return shaped;
        }

        log.Warning(DiagnosticCodes.NotYetInForce, statement.Span, $"'{keyword.Name}' is not yet in force: {Consequences.Of(keyword)}");
        CheckInside(statement, keyword);
        return false;
    }

    /// <summary>A block that is not in force is still searched for keywords that do not exist.</summary>
    private void CheckInside(Statement statement, ConfigKeyword keyword)
    {
        if (statement.Block is null)
        {
            return;
        }

        if (keyword.Kind == KeywordKind.Entries)
        {
            EntryCheck.Check(statement.Block, keyword.Name, log);
            return;
        }

        string inner = keyword.Block == ConfigKeywords.Root ? keyword.Name : $"{keyword.Block}/{keyword.Name}";
        foreach (Statement child in statement.Block)
        {
            if (ConfigKeywords.Find(inner, child.Keyword) is not { } known)
            {
                ReportUnknown(child, inner);
            }
            else if (HasItsShape(child, known))
            {
                CheckInside(child, known);
            }
        }
    }

    private bool HasItsShape(Statement statement, ConfigKeyword keyword)
    {
        bool wantsBlock = keyword.Kind is KeywordKind.Block or KeywordKind.Entries;
        if (wantsBlock == (statement.Block is not null))
        {
            return true;
        }

        if (wantsBlock)
        {
            log.Error(DiagnosticCodes.MissingBlock, statement.EndSpan, $"'{keyword.Name}' needs a block: '{{' is missing");
        }
        else
        {
            log.Error(DiagnosticCodes.UnexpectedBlock, statement.Span, $"'{keyword.Name}' takes no block");
        }

        return false;
    }

    private void ReportUnknown(Statement statement, string block)
    {
        string where = block == ConfigKeywords.Root ? "outside of all blocks" : $"in {block}";
        IReadOnlyList<string> near = _suggestions++ < SuggestionsMaximum ? ConfigKeywords.Nearest(block, statement.Keyword) : [];
        string shown = Secrets.IsSecretBlock(block[(block.LastIndexOf('/') + 1)..]) && near.Count == 0 ? Secrets.Mask : statement.Keyword;
        string hint = near.Count > 0 ? $", did you mean {Listed(near)}?" : Elsewhere(statement.Keyword);
        log.Error(
            DiagnosticCodes.UnknownKeyword,
            statement.Span,
            $"unknown keyword '{shown}' {where}{hint}{(statement.Block is null ? "" : "; its block is left out")}");
    }

    private string Elsewhere(string keyword)
    {
        string[] blocks = _suggestions <= SuggestionsMaximum ? [.. ConfigKeywords.BlocksOf(keyword).Take(3)] : [];
        return blocks.Length == 0 ? "" : $", it belongs {(blocks is [ConfigKeywords.Root] ? "outside of all blocks" : "in " + string.Join(" or ", blocks))}";
    }

    private static string Listed(IReadOnlyList<string> words) => string.Join(" or ", words.Select(word => $"'{word}'"));
}
