using System.Runtime.InteropServices;
using System.Text;

namespace Keepalived.Es.Scripting.Shell.Interop;

/// <summary>A NULL-terminated array of C strings, for execve(2). Freed with the object.</summary>
internal sealed unsafe class CStrings : IDisposable
{
    private readonly int _count;

    /// <exception cref="ArgumentException">A text has a NUL in it, where the kernel would cut it.</exception>
    internal CStrings(IReadOnlyList<string> texts)
    {
        if (texts.FirstOrDefault(text => text.Contains('\0', StringComparison.Ordinal)) is { } cut)
        {
            throw new ArgumentException($"'{cut.Replace("\0", "\\0", StringComparison.Ordinal)}' has a NUL in it", nameof(texts));
        }

        _count = texts.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < _count; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(texts[i]);
            Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(Pointer[i], bytes.Length));
        }
    }

    internal byte** Pointer { get; private set; }

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            NativeMemory.Free(Pointer[i]);
        }

        NativeMemory.Free(Pointer);
        Pointer = null;
    }
}
