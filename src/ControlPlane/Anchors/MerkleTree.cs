using System.Security.Cryptography;

namespace Keepalived.Es.ControlPlane.Anchors;

/// <summary>The Merkle tree of RFC 6962 section 2.1, built leaf by leaf in memory that grows with the logarithm of their number.</summary>
public sealed class MerkleTree
{
    private readonly List<(long Leaves, byte[] Hash)> _subtrees = [];

    public long Leaves { get; private set; }

    /// <summary>Adds the hash of the next leaf (<see cref="LeafHash"/>).</summary>
    public void Add(byte[] leaf)
    {
        Leaves++;
        _subtrees.Add((1, leaf));
        while (_subtrees.Count > 1 && _subtrees[^1].Leaves == _subtrees[^2].Leaves)
        {
            (long Leaves, byte[] Hash) joined = (_subtrees[^2].Leaves * 2, NodeHash(_subtrees[^2].Hash, _subtrees[^1].Hash));
            _subtrees.RemoveRange(_subtrees.Count - 2, 2);
            _subtrees.Add(joined);
        }
    }

    /// <summary>Root over the leaves so far, lower-case hex; that of an empty tree is the hash of nothing.</summary>
    public string Root()
    {
        if (_subtrees.Count == 0)
        {
            return Convert.ToHexStringLower(SHA256.HashData([]));
        }

        byte[] root = _subtrees[^1].Hash;
        for (int i = _subtrees.Count - 2; i >= 0; i--)
        {
            root = NodeHash(_subtrees[i].Hash, root);
        }

        return Convert.ToHexStringLower(root);
    }

    /// <summary>SHA-256 over 0 and the content.</summary>
    public static byte[] LeafHash(ReadOnlySpan<byte> content) => Hash(0, content, default);

    /// <summary>SHA-256 over 1 and both.</summary>
    public static byte[] NodeHash(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Hash(1, left, right);

    private static byte[] Hash(byte prefix, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([prefix]);
        hash.AppendData(first);
        hash.AppendData(second);
        return hash.GetHashAndReset();
    }
}
