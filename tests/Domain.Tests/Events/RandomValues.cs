using System.Collections.Immutable;
using System.Reflection;
using Keepalived.Es.Domain.Events;
using Keepalived.Es.Domain.Vrrp;

namespace Keepalived.Es.Domain.Tests.Events;

/// <summary>Values of any type that an event is made of, from a seed.</summary>
internal sealed class RandomValues(int seed)
{
    private static readonly string[] Pieces = ["a", "VI_1", " ", "\"", "\\", "\n", "\0", "\u001f", "\u2028", "é", "漢", "\U0001F600", "<", "/", "{}", "null"];
    private readonly Random _random = new(seed);
    private readonly NullabilityInfoContext _nullability = new();

    /// <summary>Made with the constructor that takes most, and every settable property besides.</summary>
    internal object Make(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().MaxBy(candidate => candidate.GetParameters().Length)!;
        ParameterInfo[] parameters = constructor.GetParameters();
        object made = constructor.Invoke([.. parameters.Select(parameter => Value(parameter.ParameterType, IsNullable(_nullability.Create(parameter))))]);
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.CanWrite && !parameters.Any(parameter => parameter.Name == property.Name)))
        {
            property.SetValue(made, Value(property.PropertyType, IsNullable(_nullability.Create(property))));
        }

        return made;
    }

    private static bool IsNullable(NullabilityInfo info) => info.ReadState == NullabilityState.Nullable;

    private object? Value(Type type, bool nullable)
    {
        if (nullable && _random.Next(3) == 0)
        {
            return null;
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum ? EnumValue(type)
            : type == typeof(string) ? Text()
            : type == typeof(byte) ? (byte)_random.Next(256)
            : type == typeof(int) ? _random.Next(int.MinValue, int.MaxValue)
            : type == typeof(long) ? _random.NextInt64(long.MinValue, long.MaxValue)
            : type == typeof(bool) ? _random.Next(2) == 0
            : type == typeof(TimeSpan) ? _random.Next(4) == 0 ? VrrpState.Never : TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerDay * 100))
            : type == typeof(DateTimeOffset) ? new DateTimeOffset(_random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero)
            : type == typeof(RouterAddress) ? Address()
            : type == typeof(IReadOnlyList<string>) ? Enumerable.Range(0, _random.Next(4)).Select(_ => Text()).ToImmutableArray()
            : type == typeof(IReadOnlyList<RecordedInput>) ? Enumerable.Range(0, _random.Next(4)).Select(_ => (RecordedInput)Make(typeof(RecordedInput))).ToImmutableArray()
            : type == typeof(IReadOnlyList<RealServerConfigured>)
                ? Enumerable.Range(0, _random.Next(4)).Select(_ => (RealServerConfigured)Make(typeof(RealServerConfigured))).ToImmutableArray()
            : type == typeof(IReadOnlyDictionary<string, int>) ? Enumerable.Range(0, _random.Next(4)).ToDictionary(i => Text() + i, _ => _random.Next())
            : Make(type);
    }

    private object EnumValue(Type type)
    {
        Array values = Enum.GetValues(type);
        return type.IsDefined(typeof(FlagsAttribute))
            ? Enum.ToObject(type, Enumerable.Range(0, 3).Aggregate(0, (bits, _) => bits | Convert.ToInt32(values.GetValue(_random.Next(values.Length)))))
            : values.GetValue(_random.Next(values.Length))!;
    }

    private RouterAddress Address() => _random.Next(3) switch
    {
        0 => RouterAddress.None,
        1 => new RouterAddress((uint)_random.NextInt64(1, uint.MaxValue)),
        _ => new RouterAddress((ulong)_random.NextInt64(1, long.MaxValue), (ulong)_random.NextInt64()),
    };

    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(6)).Select(_ => Pieces[_random.Next(Pieces.Length)]));
}
