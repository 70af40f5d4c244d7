using Keepalived.Es.Domain.Configuration.Language;

namespace Keepalived.Es.Domain.Configuration;

/// <summary>
/// What one reading leaves for the next: the <c>virtual_server</c> blocks that depend on nothing outside of them, with what they were found to mean. A block whose
/// lines are the same is then not read again. Never changes what a reading gives.
/// </summary>
public sealed class ConfigMemory
{
    private readonly Dictionary<string, KnownBlock> _blocks = new(StringComparer.Ordinal);

    internal ConfigMemory(IEnumerable<KnownBlock> blocks)
    {
        foreach (KnownBlock block in blocks)
        {
            if (block.Settings is not null)
            {
                _blocks.TryAdd(KeyOf(block.File, block.Head), block);
            }
        }
    }

    /// <summary>Blocks that the next reading may find again.</summary>
    public int Count => _blocks.Count;

    /// <param name="head">The block's first line as it is in the file.</param>
    internal KnownBlock? Find(string file, string head) => _blocks.GetValueOrDefault(KeyOf(file, head));

    private static string KeyOf(string file, string head) => $"{file}\n{head}";
}
