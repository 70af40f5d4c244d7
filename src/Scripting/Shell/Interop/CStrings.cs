using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>A NULL-terminated array of C strings, for execve(2), in memory that does not move. Keep the object alive while the kernel reads it.</summary>
internal sealed unsafe class CStrings
{
    private readonly byte[] _text;
    private readonly nint[] _pointers;

    /// <exception cref="ArgumentException">A text has a NUL in it, where the kernel would cut it.</exception>
    internal CStrings(IReadOnlyList<string> texts)
    {
        if (texts.FirstOrDefault(text => text.Contains('\0', StringComparison.Ordinal)) is { } cut)
        {
            throw new ArgumentException($"'{cut.Replace("\0", "\\0", StringComparison.Ordinal)}' has a NUL in it");
        }

        _text = GC.AllocateArray<byte>(texts.Sum(text => Encoding.UTF8.GetByteCount(text) + 1), pinned: true);
        _pointers = GC.AllocateArray<nint>(texts.Count + 1, pinned: true);
        int at = 0;
        for (int i = 0; i < texts.Count; i++)
        {
            _pointers[i] = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_text)) + at;
            at += Encoding.UTF8.GetBytes(texts[i], _text.AsSpan(at)) + 1;
        }
    }

    internal byte** Pointer => (byte**)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_pointers));
}
