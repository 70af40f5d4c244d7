using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keepalived.Es.Scripting.MySql.Interop;

namespace Keepalived.Es.Scripting.MySql;

/// <summary>Parameters in the form that a prepared statement takes.</summary>
internal sealed unsafe class MySqlParameters : IDisposable
{
    private readonly int _count;

    /// <param name="parameters">As <see cref="Problem"/> allows.</param>
    internal MySqlParameters(IReadOnlyList<JsonNode?> parameters)
    {
        _count = parameters.Count;
        Binds = (Bind*)NativeMemory.AllocZeroed((nuint)Math.Max(_count, 1), (nuint)sizeof(Bind));
        for (int i = 0; i < _count; i++)
        {
            Binds[i] = parameters[i] switch
            {
                null => new Bind { BufferType = FieldType.Null },
                JsonObject bytes => Copied(FieldType.Blob, Convert.FromBase64String(bytes["base64"]!.GetValue<string>())),
                var value => Scalar(value),
            };
        }
    }

    internal Bind* Binds { get; private set; }

    /// <summary>Why a value cannot be a parameter; null: it can.</summary>
    internal static string? Problem(JsonNode? value) => value switch
    {
        null => null,
        JsonObject { Count: 1 } bytes when bytes["base64"] is JsonValue text && text.TryGetValue(out string? base64) =>
            Convert.TryFromBase64String(base64, new byte[base64.Length], out _) ? null : "is not base64",
        JsonObject or JsonArray => $"is an {(value is JsonArray ? "array" : "object")}; allowed: null, true, false, a number, a text, {{base64: text}}",
        _ => null,
    };

    public void Dispose()
    {
        for (int i = 0; i < _count; i++)
        {
            NativeMemory.Free(Binds[i].Buffer);
        }

        NativeMemory.Free(Binds);
        Binds = null;
    }

    private static Bind Scalar(JsonNode value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                return Copied(FieldType.String, Encoding.UTF8.GetBytes(value.GetValue<string>()));
            case JsonValueKind.True or JsonValueKind.False:
                return Copied(FieldType.Tiny, [value.GetValueKind() == JsonValueKind.True ? (byte)1 : (byte)0]);
            default:
                string digits = value.ToJsonString();
                return long.TryParse(digits, out long whole)
                    ? Copied(FieldType.LongLong, BitConverter.GetBytes(whole))
                    : Copied(FieldType.Double, BitConverter.GetBytes(double.Parse(digits)));
        }
    }

    private static Bind Copied(FieldType type, byte[] bytes)
    {
        void* buffer = NativeMemory.AllocZeroed((nuint)bytes.Length + 1);
        bytes.CopyTo(new Span<byte>(buffer, bytes.Length));
        return new Bind { BufferType = type, Buffer = buffer, BufferLength = (nuint)bytes.Length, LengthValue = (nuint)bytes.Length };
    }
}
