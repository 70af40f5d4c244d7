using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Keepalived.Es.Domain.Configuration;

/// <summary>What follows a keyword.</summary>
public enum KeywordKind : byte
{
    /// <summary>One or more values, at least one.</summary>
    Value,

    /// <summary>Values that may be left out.</summary>
    Optional,

    /// <summary>Nothing: to be there is enough.</summary>
    Flag,

    /// <summary>true, on, yes, false, off or no; nothing means true.</summary>
    Boolean,

    /// <summary>A command, then a user, then a group.</summary>
    Script,

    /// <summary>A block of keywords.</summary>
    Block,

    /// <summary>A block of lines that are values.</summary>
    Entries,

    /// <summary>In an entry: a value, which <c>lock</c> may precede.</summary>
    Lockable,

    /// <summary>In an entry: everything up to its end.</summary>
    Rest,
}

/// <summary>One keyword where it may stand.</summary>
/// <param name="Block">Path of the block's keywords, <c>vrrp_instance/authentication</c>; <c>root</c> outside of all.</param>
/// <param name="InForce">False: it is read, and does nothing yet.</param>
/// <param name="ReplacedBy">The spelling to write today; null: this one.</param>
public sealed record ConfigKeyword(string Block, string Name, KeywordKind Kind, bool InForce, string? ReplacedBy);

/// <summary>Every keyword of the language and where it may stand. Spellings and ranges: keepalived.conf(5).</summary>
public static partial class ConfigKeywords
{
    /// <summary>The block of keywords that stand outside of all blocks.</summary>
    public const string Root = "root";

    private static readonly FrozenDictionary<string, FrozenDictionary<string, ConfigKeyword>> ByBlock = Read()
        .GroupBy(keyword => keyword.Block)
        .ToFrozenDictionary(block => block.Key, block => block.ToFrozenDictionary(keyword => keyword.Name));

    /// <summary>All of them, ordered by block and name.</summary>
    public static ImmutableArray<ConfigKeyword> All { get; } =
        [.. ByBlock.Values.SelectMany(block => block.Values).OrderBy(k => k.Block, StringComparer.Ordinal).ThenBy(k => k.Name, StringComparer.Ordinal)];

    /// <summary>Null: no such keyword in that block.</summary>
    public static ConfigKeyword? Find(string block, string name) =>
        ByBlock.TryGetValue(block, out FrozenDictionary<string, ConfigKeyword>? keywords) ? keywords.GetValueOrDefault(name) : null;

    /// <summary>Keywords of the block that a slip of the fingers turns into <paramref name="name"/>, the nearest first; at most three.</summary>
    internal static IReadOnlyList<string> Nearest(string block, string name)
    {
        if (!ByBlock.TryGetValue(block, out FrozenDictionary<string, ConfigKeyword>? keywords) || name.Length > 40)
        {
            return [];
        }

        int allowed = Math.Max(1, name.Length / 3);
        return [.. keywords.Keys
            .Where(known => Math.Abs(known.Length - name.Length) <= allowed)
            .Select(known => (Known: known, Distance: EditDistance(known, name)))
            .Where(near => near.Distance <= allowed)
            .OrderBy(near => near.Distance).ThenBy(near => near.Known, StringComparer.Ordinal)
            .Take(3)
            .Select(near => near.Known)];
    }

    /// <summary>Blocks in which a keyword of this name may stand.</summary>
    internal static IEnumerable<string> BlocksOf(string name) =>
        All.Where(keyword => keyword.Name == name && !keyword.Block.EndsWith(" entry", StringComparison.Ordinal)).Select(keyword => keyword.Block);

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    private static int EditDistance(string left, string right)
    {
        int[,] distance = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++)
        {
            for (int j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int replace = distance[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                int best = Math.Min(replace, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                distance[i, j] = swapped ? Math.Min(best, distance[i - 2, j - 2] + 1) : best;
            }
        }

        return distance[left.Length, right.Length];
    }

    private static IEnumerable<ConfigKeyword> Read()
    {
        string[] blocks = [];
        foreach (string line in Table.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line[0] == '[')
            {
                blocks = line[1..^1].Split(", ");
                continue;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            KeywordKind kind = Enum.Parse<KeywordKind>(line[2..colon], ignoreCase: true);
            foreach (string word in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] spelling = word.Split('=');
                foreach (string block in blocks)
                {
                    yield return new ConfigKeyword(block, spelling[0], kind, line[0] == '+', spelling.Length > 1 ? spelling[1] : null);
                }
            }
        }
    }
}
